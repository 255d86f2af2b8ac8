// The bar above every page of the book: the list of lessons closes by itself, "/" goes to the search; on a phone a button
// opens what is not the list of lessons.
(() => {
  "use strict";
  const menu = document.querySelector("details.lessons"), field = document.querySelector(".bar input[type=search]");
  const button = document.getElementById("menu"), unfold = (open) => button?.setAttribute("aria-expanded", String(open));
  button?.addEventListener("click", () => unfold(button.getAttribute("aria-expanded") === "false"));
  document.addEventListener("click", (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu?.open) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (event.key === "Escape" && button?.getAttribute("aria-expanded") === "true" && button.checkVisibility()) { unfold(false); button.focus(); }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && field && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); unfold(true); field.focus(); }
  });
})();
