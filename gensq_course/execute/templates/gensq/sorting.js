// Sorts a table of class "sortable" by the column whose button is pressed, once more the other way round.
(() => {
  "use strict";
  const content = (row, at) => row.cells[at].dataset.value ?? row.cells[at].textContent.trim();
  const compare = (a, b) => a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : a.localeCompare(b);
  for (const button of document.querySelectorAll("table.sortable thead button")) {
    button.addEventListener("click", () => {
      const head = button.closest("th"), at = head.cellIndex, table = head.closest("table"), body = table.tBodies[0];
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
})();
