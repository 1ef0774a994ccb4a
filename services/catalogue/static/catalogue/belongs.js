/* Fields that belong to a choice show with it; without this file all show, and the server leaves the others aside. */
(() => {
  "use strict";
  const chosen = (form, name) => {
    const field = form.elements[name];
    return field ? field.value : "";
  };
  const show = (form) => {
    for (const part of form.querySelectorAll("[data-belongs]")) {
      const fits = part.dataset.values.split(" ").includes(chosen(form, part.dataset.belongs));
      // What is refused, or remarked, stays in sight.
      part.hidden = !fits && !part.querySelector(".field-refused, .remark");
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.form) show(event.target.form);
  });
  for (const form of document.querySelectorAll("form:has([data-belongs])")) show(form);
})();
