// Shows the charts of one measure.
(() => {
  "use strict";
  const choice = document.getElementById("measure");
  if (!choice) return;
  const show = () => {
    for (const figure of document.querySelectorAll("figure[data-measure]")) figure.hidden = figure.dataset.measure !== choice.value;
  };
  choice.addEventListener("change", show);
  show();
})();
