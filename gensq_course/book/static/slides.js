// Keys turn the slides of a session; what is too large for its slide is set smaller.
const slides = [...document.querySelectorAll(".slide")];
const place = document.getElementById("place");
let now = 0;

function show(number) {
  now = Math.max(0, Math.min(slides.length - 1, number));
  slides[now].scrollIntoView();
  slides[now].focus({preventScroll: true});
}

function tell() {
  place.textContent = `${now + 1} / ${slides.length}`;
  history.replaceState(null, "", `#slide-${now + 1}`);
}

function fit(slide) {
  const shown = slide.querySelector(".shown");
  const tooLarge = () => shown.scrollHeight > shown.clientHeight + 1 || shown.scrollWidth > shown.clientWidth + 1;
  let size = 1;
  shown.style.setProperty("--fit", size);
  while (tooLarge() && size > .4) shown.style.setProperty("--fit", size -= .05);
}

const turns = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, input, select, textarea, a")) return;
  if (event.key === "n") document.documentElement.toggleAttribute("data-notes"), slides.forEach(fit), show(now);
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else if (event.key in turns) show(now + turns[event.key]);
  else return;
  event.preventDefault();
});

const watch = new IntersectionObserver((seen) => seen.forEach((one) => {
  if (one.isIntersecting) now = slides.indexOf(one.target), tell();
}), {threshold: .6});
slides.forEach((slide) => watch.observe(slide));

const fitAll = () => slides.forEach(fit);
addEventListener("resize", fitAll);
addEventListener("load", () => {
  const set = window.MathJax?.startup?.promise ?? Promise.resolve();
  set.then(fitAll).then(() => show((Number(location.hash.replace("#slide-", "")) || 1) - 1));
});
