// The bar above every page of the book: the list of lessons closes by itself, "/" goes to the search.
(() => {
  "use strict";
  const menu = document.querySelector("details.lessons"), field = document.querySelector(".bar input[type=search]");
  document.addEventListener("click", (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu?.open) { menu.open = false; menu.querySelector("summary").focus(); }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && field && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); field.focus(); }
  });
})();
