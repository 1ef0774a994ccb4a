/* Rows follow the mouse by their title; the server moves them, as it does for the buttons beside. */
(() => {
  "use strict";
  let carried = null;
  const rowOf = (event) => (event.target.closest ? event.target.closest("[data-row]") : null);
  for (const legend of document.querySelectorAll("[data-row] > legend")) {
    legend.draggable = true;
    legend.classList.add("is-handle");
  }
  document.addEventListener("dragstart", (event) => {
    if (!event.target.matches || !event.target.matches("[data-row] > legend")) return;
    carried = rowOf(event);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.row);
    event.dataTransfer.setDragImage(carried, 16, 16);
  });
  document.addEventListener("dragover", (event) => {
    const row = rowOf(event);
    if (!carried || !row) return;
    event.preventDefault();
    for (const other of document.querySelectorAll(".is-target")) other.classList.remove("is-target");
    if (row !== carried) row.classList.add("is-target");
  });
  document.addEventListener("drop", (event) => {
    const row = rowOf(event);
    if (!carried || !row || row === carried) return;
    event.preventDefault();
    const act = document.createElement("input");
    act.type = "hidden";
    act.name = "do";
    act.value = `move-${carried.dataset.row}-${row.dataset.row}`;
    row.form.append(act);
    row.form.submit();
  });
  document.addEventListener("dragend", () => {
    carried = null;
    for (const other of document.querySelectorAll(".is-target")) other.classList.remove("is-target");
  });
})();
