// The page's own button: shows or hides all code at once. Each code cell also opens and closes by itself.
(() => {
  "use strict";
  const button = document.getElementById("toggle-code");
  button.addEventListener("click", () => {
    const hide = button.getAttribute("aria-pressed") === "false";
    for (const code of document.querySelectorAll("details.source")) code.open = !hide;
    button.setAttribute("aria-pressed", String(hide));
    button.textContent = hide ? "Show the code" : "Hide the code";
  });
})();
