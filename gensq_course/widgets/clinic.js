// The clinic, by the rules of game.py and without a kernel. Texts only ever enter as text, never as HTML. The keys 1, 2, ... call
// a patient while the focus is in the game.
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

const render = ({model, el}) => {
  const game = model.get("game");
  const visits = game.patients.map((patient) => ({patient, bought: new Set(), tried: new Set(), solved: false, wrong: 0}));
  const cost = (visit) => game.instruments.filter((one) => visit.bought.has(one.name)).reduce((sum, one) => sum + one.cost, 0);
  const points = (visit) => game.worth * visit.solved - cost(visit) - game.wrong * visit.wrong;

  const board = element("p", {className: "points"});
  board.setAttribute("role", "status");
  const score = () => {
    const total = String(visits.reduce((sum, visit) => sum + points(visit), 0)).replace("-", "−");
    const solved = visits.filter((visit) => visit.solved).length;
    board.textContent = `Student ${game.student}: ${total} points, ${solved} of ${visits.length} patients diagnosed.`;
  };

  const table = (name, readings) => {
    const made = element("table", {}, element("caption", {textContent: name}));
    for (const [label, value] of readings)
      made.append(element("tr", {}, element("th", {scope: "row", textContent: label}), element("td", {textContent: value})));
    return made;
  };

  const room = (visit, number) => {
    const readings = element("div"), verdicts = element("div");
    readings.setAttribute("aria-live", "polite");
    verdicts.setAttribute("role", "status");
    // What is bought keeps the focus: a button that is disabled would lose it.
    const sold = (button) => button.getAttribute("aria-disabled") === "true";
    const buttons = game.instruments.map((one) => {
      const textContent = one.cost ? `${one.name} (${one.cost})` : one.name;
      const button = element("button", {type: "button", title: one.asks, textContent});
      button.addEventListener("click", () => { if (!sold(button)) buy(one, button); });
      return button;
    });
    const buy = (one, button) => {
      if (!visit.solved || !one.cost) visit.bought.add(one.name);
      button.setAttribute("aria-disabled", "true");
      readings.append(table(one.name, visit.patient.readings[one.name]));
      score();
    };
    const select = element("select", {}, element("option", {value: "", textContent: "choose a diagnosis"}),
      ...game.diagnoses.map((name, i) => element("option", {value: String(i), textContent: name})));
    const diagnose = element("button", {type: "button", textContent: "Diagnose"});
    diagnose.addEventListener("click", () => {
      if (select.value === "") return;
      const verdict = visit.patient.verdicts[Number(select.value)];
      if (!visit.solved && !visit.tried.has(select.value)) {
        visit.tried.add(select.value);
        visit.solved = verdict.right;
        visit.wrong += !verdict.right;
      }
      verdicts.prepend(element("p", {className: verdict.right ? "verdict right" : "verdict",
        textContent: `${game.diagnoses[Number(select.value)]}: ${verdict.text}`}));
      tabs[number].textContent = visit.solved ? `Patient ${number + 1} ✓` : `Patient ${number + 1}`;
      score();
    });
    const section = element("section", {hidden: true},
      element("h2", {textContent: `Patient ${number + 1}`, tabIndex: -1}),
      element("fieldset", {}, element("legend", {textContent: "Instruments (points)"}),
        element("div", {className: "instruments"}, ...buttons)),
      readings,
      element("fieldset", {}, element("legend", {textContent: "Your diagnosis"}),
        element("div", {className: "diagnosis"}, element("label", {}, "It is ", select), diagnose), verdicts));
    buttons[game.instruments.findIndex((one) => one.cost === 0)].click();
    return section;
  };

  const tabs = visits.map((_, number) => {
    const tab = element("button", {type: "button", textContent: `Patient ${number + 1}`});
    tab.addEventListener("click", () => show(number));
    return tab;
  });
  const rooms = visits.map(room);
  const show = (number, focused = true) => {
    rooms.forEach((section, i) => { section.hidden = i !== number; });
    tabs.forEach((tab, i) => tab.setAttribute("aria-current", String(i === number)));
    if (focused) rooms[number].querySelector("h2").focus();
  };
  const call = (event) => {
    const number = Number(event.key) - 1;
    if (event.target.tagName !== "SELECT" && !event.ctrlKey && !event.metaKey && !event.altKey && tabs[number]) show(number);
  };

  const patients = element("nav", {className: "patients", ariaLabel: "Patients"}, ...tabs);
  const around = element("div", {className: "gensq-clinic"}, board, patients, ...rooms);
  // Or JupyterLab takes keys of what has the focus; it does not look at what is around that.
  around.addEventListener("focusin", ({target}) => { target.dataset.lmSuppressShortcuts = "true"; });
  around.addEventListener("keydown", call);
  el.append(around);
  show(0, false);
  score();
};

export default {render};
