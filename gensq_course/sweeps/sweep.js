// Sorts the table by the column whose button is pressed, once more the other way round; shows the charts of one measure.
(() => {
  "use strict";
  const table = document.getElementById("points"), body = table.tBodies[0];
  const content = (row, at) => row.cells[at].dataset.value ?? row.cells[at].textContent.trim();
  const compare = (a, b) => a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b);
  for (const button of table.tHead.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const head = button.closest("th"), at = head.cellIndex;
      const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...body.rows].sort((a, b) => {
        const [x, y] = [content(a, at), content(b, at)];
        if ((x === "") !== (y === "")) return x === "" ? 1 : -1;  // what has no value yet stands last
        return sign * compare(x, y);
      });
      body.append(...rows);
    });
  }
  const choice = document.getElementById("measure");
  if (!choice) return;
  const show = () => {
    for (const figure of document.querySelectorAll("figure[data-measure]")) figure.hidden = figure.dataset.measure !== choice.value;
  };
  choice.addEventListener("change", show);
  show();
})();
