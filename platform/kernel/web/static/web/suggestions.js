/* Suggestions while one types: the keyboard and the words of a combobox; htmx fetches the options.
   Without this file the boxes are plain search boxes. */
(() => {
  "use strict";

  const equip = (input, number) => {
    const list = input.parentElement.querySelector("[role=listbox]");
    list.id = `suggestions-${number}`;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    let active = null;

    const options = () => [...list.querySelectorAll("[role=option]")];
    const choose = (option) => {
      if (active) active.setAttribute("aria-selected", "false");
      active = option;
      if (!option) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    };
    const show = (open) => {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) choose(null);
    };
    const step = (by) => {
      const all = options();
      if (!all.length) return;
      if (list.hidden) show(true);
      const at = active ? all.indexOf(active) + by : by > 0 ? 0 : all.length - 1;
      /* Beyond either end one is back in the box. */
      choose(all[at] || null);
    };
    show(false);

    list.addEventListener("htmx:afterSwap", () => {
      active = null;
      options().forEach((option, index) => { option.id = `${list.id}-${index}`; });
      show(document.activeElement === input && options().length > 0);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && active) {
        event.preventDefault();
        window.location.assign(active.dataset.url);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        show(false);
      }
    });
    input.addEventListener("blur", () => show(false));
    /* The box keeps the focus while an option is pressed. */
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) window.location.assign(option.dataset.url);
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("input[data-suggest]").forEach(equip);
  });
})();
