// What a page answers by itself: predictions, which are kept in this browser and held against what came out.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("gensq-words")?.textContent ?? "{}");
  const WAYS = {".4g": (x) => String(Number(x.toPrecision(4))), ".0%": (x) => `${Math.round(100 * x)}%`, ".2f": (x) => x.toFixed(2)};
  const say = (key, values) => words[key].replace(/\{(\w+)(?::([^}]+))?\}/g, (_, name, way) => way ? WAYS[way](values[name]) : values[name]);

  // Guesses by name, of this page.
  const shelf = `gensq-guesses ${location.pathname}`;
  let guesses = {};
  try { guesses = JSON.parse(localStorage.getItem(shelf)) ?? {}; } catch { /* none are kept */ }
  const keep = () => { try { localStorage.setItem(shelf, JSON.stringify(guesses)); } catch { /* they last as long as the page */ } };

  // A point or a comma; 1,500 may be many or one and a half, and is asked again (number_in of guesses.py).
  const numberIn = (written) => {
    const plain = written.trim().replace("−", "-");
    return /,\d{3}$/.test(plain) || plain === "" ? NaN : Number(plain.replace(",", "."));
  };
  const near = (box) => Math.abs(guesses[box.dataset.outcome].guess - Number(box.dataset.value)) <= Number(box.dataset.tolerance);
  const judged = () => [...document.querySelectorAll("[data-outcome][data-tolerance]")].filter((box) => guesses[box.dataset.outcome]);
  const kept = (name) => say("guess", {name, ...guesses[name]}) + say("sure", guesses[name]);

  const show = () => {
    for (const box of document.querySelectorAll("[data-outcome]")) {
      const name = box.dataset.outcome, made = guesses[name], graded = made && box.dataset.tolerance !== undefined;
      const came = {value: Number(box.dataset.value), tolerance: Number(box.dataset.tolerance)};
      box.hidden = !made;
      if (made) box.previousElementSibling.open = true;
      box.classList.toggle("right", Boolean(graded && near(box)));
      if (made) box.textContent = (graded ? (near(box) ? "✓ " : "✗ ") : "") + kept(name) + say(graded ? (near(box) ? "hit" : "missed") : "found", came);
    }
    for (const box of document.querySelectorAll("[data-calibration]")) {
      const all = judged(), mean = (of) => all.reduce((sum, each) => sum + of(each), 0) / all.length;
      const sure = (each) => guesses[each.dataset.outcome].sure;
      box.hidden = !all.length;
      if (all.length) box.textContent = say("calibrated", {hits: mean(near), judged: all.length, sure: mean(sure),
        brier: mean((each) => (sure(each) - near(each)) ** 2)});
    }
  };

  for (const form of document.querySelectorAll("form[data-prediction]")) {
    const name = form.dataset.prediction, {guess, sure} = form.elements, status = form.querySelector("[role=status]");
    const percent = form.querySelector("output");
    sure.addEventListener("input", () => { percent.textContent = `${sure.value} %`; });
    if (guesses[name]) {
      guess.value = guesses[name].guess;
      sure.value = 100 * guesses[name].sure;
      percent.textContent = `${sure.value} %`;
      status.textContent = kept(name);
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const number = numberIn(guess.value);
      if (!Number.isFinite(number)) { status.textContent = say("no_number", {got: guess.value}); return; }
      guesses[name] = {guess: number, sure: Number(sure.value) / 100};
      status.textContent = say("kept", {said: kept(name)});
      keep();
      show();
    });
  }
  show();
})();
