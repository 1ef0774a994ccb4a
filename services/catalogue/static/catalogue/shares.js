/* The sum of the shares while one types; the server says the same without this file. */
(() => {
  "use strict";
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-share]")) return;
    const total = document.querySelector("[data-shares-total]");
    const fields = [...document.querySelectorAll("[data-share]")];
    const sum = fields.reduce((before, field) => before + (/^\d+$/.test(field.value.trim()) ? Number(field.value) : 0), 0);
    total.textContent = total.dataset.words.replace("{}", String(sum));
  });
})();
