// The page itself: its two buttons, its contents, and what a keyboard and a reader of numbers need.
(() => {
  "use strict";
  const root = document.documentElement, all = (selector, node = document) => [...node.querySelectorAll(selector)];

  // Shows or hides all code at once. Each code cell also opens and closes by itself.
  const code = document.getElementById("toggle-code");
  code?.addEventListener("click", () => {
    const hide = code.getAttribute("aria-pressed") === "false";
    for (const cell of all("details.source")) cell.open = !hide;
    code.setAttribute("aria-pressed", String(hide));
    code.textContent = hide ? "Show the code" : "Hide the code";
  });

  const theme = document.getElementById("toggle-theme"), night = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme || (night.matches ? "dark" : "light")) === "dark";
  const named = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.title = dark() ? "Light page" : "Dark page"; };
  theme?.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("gensq-theme", root.dataset.theme); } catch { /* it lasts as long as the page */ }
    named();
  });
  if (theme) { night.addEventListener("change", named); named(); }

  // Beside the text the contents stand open; on a narrow page they are folded above it.
  const contents = document.querySelector("nav.contents details"), wide = matchMedia("(min-width: 72rem)");
  const unfold = () => { if (contents) contents.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  // Numbers stand under each other: a column of nothing but numbers is set to the right, with a minus that is one.
  const NUMBER = /^[−+-]?\d[\d,.\s]*(e[+−-]?\d+)?\s?%?(\s±\s[\d.,]+(e[+−-]?\d+)?\s?%?)?(\s\([−+-]?[\d.,]+ to [−+-]?[\d.,]+\))?$/;
  const WORDY = 16;  // characters
  const setNumbers = (table) => {
    const rows = [...table.rows].filter((row) => row.parentElement.tagName !== "THEAD"), heads = [...table.rows].filter((row) => !rows.includes(row));
    const width = Math.max(0, ...rows.map((row) => row.cells.length));
    for (let column = 0; column < width; column++) {
      const cells = rows.map((row) => row.cells[column]).filter((cell) => cell && cell.tagName === "TD" && cell.textContent.trim());
      if (!cells.length || !cells.every((cell) => NUMBER.test(cell.textContent.trim()))) continue;
      for (const cell of cells) {
        cell.classList.add("number");
        if (cell.firstChild.nodeType === Node.TEXT_NODE) cell.firstChild.data = cell.firstChild.data.replace(/(^|[\s(])-(?=\d)/g, "$1−");
      }
      for (const row of heads) row.cells[column]?.classList.add("number");
    }
  };
  const OWN = ":is(.gensq-live, .gensq-clinic)";  // these set their tables themselves
  for (const table of all(`main table:not(${OWN} *)`)) setNumbers(table);
  // Cells of words, which a narrow page must not squeeze to a word a line.
  for (const cell of all(`main td:not(${OWN} *)`)) cell.classList.toggle("wordy", cell.textContent.length > WORDY && !cell.matches(".number"));

  // What moves sideways by itself can be reached with Tab, and a table says that it goes on.
  const hints = new Map();
  const reach = (node) => {
    const moves = node.scrollWidth > node.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(node).overflowX);
    if (moves) node.tabIndex = 0; else node.removeAttribute("tabindex");
    if (node.tagName !== "TABLE") return;
    if (!hints.has(node)) {
      const hint = Object.assign(document.createElement("p"), {className: "note goes-on", textContent: "The table goes on to the right: move it sideways."});
      hints.set(node, hint);
      node.after(hint);
    }
    hints.get(node).hidden = !moves;
  };
  const watched = new ResizeObserver((entries) => { for (const {target} of entries) reach(target); });
  const watch = () => { for (const node of all("main :is(pre, table, mjx-container:is([display='true'], .long)), main :is(div, span):has(> img)")) watched.observe(node); };
  watch();

  // A formula keeps the size of its letters: one in the text that is longer than a line gets a line of its own, which moves.
  const long = () => {
    const found = all("main mjx-container:not([display])").filter((node) => node.checkVisibility()).map((node) =>
      [node, node.querySelector("svg").getBoundingClientRect().width > node.closest("p, li, td, th, dd, summary, div").clientWidth]);
    for (const [node, is] of found) node.classList.toggle("long", is);
    watch();
  };
  addEventListener("load", () => window.MathJax?.startup?.promise?.then(() => {  // MathJax comes after this script
    long();
    addEventListener("resize", long);
    document.addEventListener("toggle", long, true);  // what was folded has a width now
  }));
})();
