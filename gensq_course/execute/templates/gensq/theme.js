// Runs before anything is seen: whoever has chosen light or dark here gets it again, everybody else has what the system says.
(() => {
  "use strict";
  try { const kept = localStorage.getItem("gensq-theme"); if (kept) document.documentElement.dataset.theme = kept; } catch { /* no storage */ }
})();
