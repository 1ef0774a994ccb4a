/* What pages gain when scripts run; every page works without this file. */
(() => {
  "use strict";

  const status = () => document.getElementById("status");

  /* Menus are <details>: one at a time, closed by Escape or a click elsewhere. */
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  /* A refused form: its summary is read first; a link in it goes to the field itself. */
  const focusSummary = (root) => {
    const summary = root.querySelector(".error-summary");
    if (summary) summary.focus();
    return Boolean(summary);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const group = field.closest(".field") || field;
    group.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });

  /* One press sends once: what is sent twice by mistake is an order placed twice in somebody's mind. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
    window.setTimeout(() => release(form), 8000);
  });
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  };
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form[data-once]")) release(form);
  });

  /* Copy what stands beside the button; the button is in the page only for those who can use it. */
  const showCopyButtons = (root) => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(source.value || source.textContent.trim());
    status().textContent = button.dataset.copied || "";
  });

  document.addEventListener("DOMContentLoaded", () => {
    focusSummary(document);
    showCopyButtons(document);
  });

  /* After a part of the page is replaced: errors first, else the new heading where the control is gone. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    showCopyButtons(part);
    if (focusSummary(part)) return;
    const said = part.querySelector("[data-status]");
    if (said) status().textContent = said.dataset.status;
    if (document.activeElement && document.activeElement !== document.body) return;
    const heading = part.querySelector("h1, h2, h3");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus();
    }
  });

  /* What could not be fetched is said, never silently missing. */
  document.addEventListener("htmx:responseError", () => {
    const words = document.body.dataset.failed;
    if (words) status().textContent = words;
  });
})();
