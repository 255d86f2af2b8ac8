// Draws the saved widgets of a notebook without a kernel and without a network: the handful of classes that the
// lessons use, with native form elements (so the keyboard works), and the links made by jslink and jsdlink.
(() => {
  "use strict";
  const STATE = "application/vnd.jupyter.widget-state+json", VIEW = "application/vnd.jupyter.widget-view+json";
  const saved = document.querySelector(`script[type="${STATE}"]`);
  const models = new Map();

  // A model holds the saved state; setting a value tells the views and links that listen to it.
  class Model {
    constructor(name, state) { this.name = name; this.state = state; this.listeners = []; }
    get(key, otherwise) { const value = this.state[key]; return value === undefined || value === null ? otherwise : value; }
    set(key, value) {
      if (this.state[key] === value) return;
      this.state[key] = value;
      for (const [listened, tell] of this.listeners) if (listened === key) tell(value);
    }
    on(key, tell) { this.listeners.push([key, tell]); }
  }
  const find = (reference) => models.get(String(reference).replace("IPY_MODEL_", ""));

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const typeset = (node) => { if (window.MathJax && MathJax.typesetPromise) MathJax.typesetPromise([node]); };
  const note = (text) => element("p", {className: "note", textContent: text});
  // What asked a kernel and stands still; a lesson of the book may have a part that computes in the page, at its top.
  const still = (text) => {
    const made = note(text);
    if (document.querySelector("#alive .gensq-live"))
      made.append(" ", element("a", {href: "#alive", textContent: "At the top of this page is one that works here."}));
    return made;
  };
  const format = (value, rule) => {
    const digits = /\.(\d+)f/.exec(rule || ""), percent = /\.?(\d*)%/.exec(rule || "");
    if (percent) return (100 * value).toFixed(Number(percent[1] || 0)) + "%";
    return digits ? Number(value).toFixed(Number(digits[1])) : String(value);
  };

  // A control that no link leads from or to asked a kernel: it is shown, but switched off, and the box around it says so.
  const CONTROL = /^(IntSlider|FloatSlider|SelectionSlider|Dropdown|ToggleButtons|RadioButtons|Checkbox|ToggleButton|Play)Model$/;
  const linked = new Set();
  const dead = (model) => Boolean(model) && CONTROL.test(model.name) && !linked.has(model);

  // A labelled field; `read` shows the value in words beside the control.
  const field = (model, control, ...more) => {
    control.disabled = model.get("disabled", false) || dead(model);
    return element("label", {className: "w-field"}, element("span", {textContent: model.get("description", "")}), control, ...more);
  };
  const bind = (model, key, show) => { model.on(key, show); show(model.get(key)); };

  const slider = (model) => {
    const range = element("input", {type: "range", min: model.get("min", 0), max: model.get("max", 100), step: model.get("step", "any")});
    const readout = element("output");
    range.addEventListener("input", () => model.set("value", Number(range.value)));
    bind(model, "value", (value) => { range.value = value; readout.textContent = format(value, model.get("readout_format")); });
    readout.hidden = !model.get("readout", true);
    return field(model, range, readout);
  };
  const selectionSlider = (model) => {
    const labels = model.get("_options_labels", []), readout = element("output");
    const range = element("input", {type: "range", min: 0, max: labels.length - 1, step: 1});
    range.addEventListener("input", () => model.set("index", Number(range.value)));
    bind(model, "index", (index) => {
      range.value = index; readout.textContent = labels[index]; range.setAttribute("aria-valuetext", labels[index]);
    });
    readout.hidden = !model.get("readout", true);
    return field(model, range, readout);
  };
  const dropdown = (model) => {
    const select = element("select", {}, ...model.get("_options_labels", []).map((label) => element("option", {textContent: label})));
    select.addEventListener("change", () => model.set("index", select.selectedIndex));
    bind(model, "index", (index) => { select.selectedIndex = index === undefined ? -1 : index; });
    return field(model, select);
  };
  let groups = 0;
  const choices = (model) => {
    const name = `w-choice-${groups++}`, inputs = [];
    const set = element("fieldset", {className: "w-field", disabled: model.get("disabled", false) || dead(model)},
      element("legend", {textContent: model.get("description", "")}));
    model.get("_options_labels", []).forEach((label, index) => {
      const input = element("input", {type: "radio", name});
      input.addEventListener("change", () => model.set("index", index));
      inputs.push(input);
      set.append(element("label", {}, input, label));
    });
    bind(model, "index", (index) => inputs.forEach((input, i) => { input.checked = i === index; }));
    return set;
  };
  const checkbox = (model) => {
    const box = element("input", {type: "checkbox"});
    box.addEventListener("change", () => model.set("value", box.checked));
    bind(model, "value", (value) => { box.checked = Boolean(value); });
    return field(model, box);
  };
  const play = (model) => {
    const button = element("button", {type: "button"}), step = model.get("step", 1);
    let timer = 0;
    const show = () => { button.textContent = timer ? "Pause" : "Play"; };
    const stop = () => { clearInterval(timer); timer = 0; show(); };
    const tick = () => {
      const next = model.get("value", 0) + step, past = next > model.get("max", 100);
      if (past && !model.get("repeat", model.get("_repeat", false))) return stop();
      model.set("value", past ? model.get("min", 0) : next);
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      if (model.get("value", 0) >= model.get("max", 100)) model.set("value", model.get("min", 0));
      timer = setInterval(tick, model.get("interval", 100));
      show();
    });
    show();
    return field(model, button);
  };
  const button = (model) => element("button", {type: "button", disabled: true, textContent: model.get("description", ""),
    title: "This button needs a running notebook."});
  const typed = (model) => field(model,
    element("input", {readOnly: true, placeholder: "Here you can type in a running notebook."}));
  const progress = (model) => {
    const low = model.get("min", 0), bar = element("progress", {max: (model.get("max", 100) - low) || 1});
    bind(model, "value", (value) => { bar.value = value - low; });
    return field(model, bar);
  };
  // Labels show their text as text; HTML widgets show their value as HTML (the page's policy lets no script in it run).
  const text = (key, math) => (model) => {
    const shown = element("span");
    bind(model, "value", (value) => { shown[key] = value === undefined ? "" : value; if (math) typeset(shown); });
    return model.get("description") ? field(model, shown) : shown;
  };

  // A form that only a kernel can answer (NEEDS_KERNEL of guesses.py) shows its words here, not its fields and buttons.
  const drawn = (model) => model.get("_dom_classes", []).includes("gensq-needs-kernel")
    ? model.get("children", []).filter((child) => find(child)?.name === "HTMLModel") : model.get("children", []);
  // The points of a quiz (questions.py): boxes of title, options and explanations, and last where the points stand.
  const count = (model) => {
    const boxes = model.get("children", []).map(find).filter((child) => child?.name === "VBoxModel");
    const asked = boxes.map((child) => child.get("children", []).map(find)).map(([, radio, why]) => ({radio, why}))
      .filter(({radio, why}) => radio?.name === "RadioButtonsModel" && why?.name === "StackModel");
    const score = find(model.get("children", []).at(-1));
    const chosen = ({radio, why}) => find(why.get("children", [])[radio.get("index", -1)]);
    const right = (question) => /<strong>✓/.test(chosen(question)?.get("value") ?? "");
    const told = () => {
      const answered = asked.filter(chosen).length, said = [fill("points", {right: asked.filter(right).length, all: asked.length, answered})];
      if (model.advice && answered === asked.length) said.push(advised(model.advice.filter((_, number) => !right(asked[number]))));
      const shown = element("div");
      shown.append(...said.map((words) => element("p", {textContent: words})));
      score.set("value", `<div role="status">${shown.innerHTML}</div>`);
    };
    for (const {radio} of asked) radio.on("index", told);
    told();
  };
  const words = JSON.parse(document.getElementById("gensq-words")?.textContent ?? "{}");
  const fill = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const advised = (missed) => missed.length ? fill("to_revise", {topics: missed.map(([topic, how]) => `${topic}: ${how}`).join(" ")})
    : words.nothing_to_revise;

  const box = (className) => (model) => {
    if (model.get("_dom_classes", []).includes("gensq-quiz") && words.points) count(model);
    const children = drawn(model), made = element("div", {className}, ...children.map(draw));
    if (children.some((child) => dead(find(child))))
      made.append(still("These controls need a running notebook. The page shows what they were set to."));
    return made;
  };
  const stack = (model) => {
    const panels = model.get("children", []).map(draw);
    bind(model, "selected_index", (index) => panels.forEach((panel, i) => { panel.hidden = i !== index; }));
    return element("div", {}, ...panels);
  };
  const tabs = (model) => {
    const titles = model.get("titles", []), tab = (_, i) => element("button", {type: "button", role: "tab", textContent: titles[i] || `${i + 1}`});
    const heads = model.get("children", []).map(tab);
    heads.forEach((head, i) => head.addEventListener("click", () => model.set("selected_index", i)));
    bind(model, "selected_index", (index) => heads.forEach((head, i) => head.setAttribute("aria-selected", String(i === index))));
    return element("div", {className: "w-vbox"}, element("div", {className: "w-tabs", role: "tablist"}, ...heads), stack(model));
  };
  const accordion = (model) => {
    const panels = model.get("children", []).map((child, i) =>
      element("details", {}, element("summary", {textContent: model.get("titles", [])[i] || `${i + 1}`}), draw(child)));
    bind(model, "selected_index", (index) => panels.forEach((panel, i) => { panel.open = i === index; }));
    return element("div", {}, ...panels);
  };
  const output = (model) => element("div", {}, ...model.get("outputs", []).map((shown) => {
    const data = shown.data || {};
    const image = ["image/png", "image/jpeg"].find((kind) => data[kind]);
    if (data[VIEW]) return draw(data[VIEW].model_id);
    if (image) return element("img", {src: `data:${image};base64,${data[image]}`, alt: ((shown.metadata || {})[image] || {}).alt || ""});
    if (data["text/html"]) return element("div", {innerHTML: [].concat(data["text/html"]).join("")});
    return element("pre", {className: "output_text", textContent: [].concat(shown.text || data["text/plain"] || "").join("")});
  }));

  // A widget with a script of its own needs a kernel, but for the clinic, whose script the page has then; of a conversation
  // (conversation.py) what was said can be shown without one.
  const own = (model) => {
    if (model.get("unseen")) return element("span", {hidden: true});  // arrows.py
    if (model.get("game") && globalThis.gensqClinic) {
      const room = element("div", {}, element("style", {textContent: model.get("_css")}));
      globalThis.gensqClinic.render({model, el: room});
      return room;
    }
    if (!model.get("bubbles")) return still("This widget needs a running kernel.");
    const talk = element("div", {className: "talk"}, ...model.get("bubbles").map(({who, html}) =>
      element("div", {className: `turn ${who}`, innerHTML: html})));
    const form = element("form", {}, element("input", {disabled: true, placeholder: "Here you can type in a running notebook.",
      ariaLabel: "what you say"}), element("button", {type: "submit", disabled: true, textContent: "Send"}));
    return element("div", {className: "gensq-chat"}, element("style", {textContent: model.get("_css")}),
      element("p", {className: "legend", textContent: model.get("legend")}), talk, form, still("This is how it begins."));
  };

  const VIEWS = {
    IntSlider: slider, FloatSlider: slider, SelectionSlider: selectionSlider, Dropdown: dropdown, ToggleButtons: choices,
    RadioButtons: choices, Checkbox: checkbox, ToggleButton: checkbox, Play: play, Button: button,
    Text: typed, Combobox: typed, IntProgress: progress, FloatProgress: progress, Label: text("textContent", true), HTML: text("innerHTML", false), HTMLMath: text("innerHTML", true),
    HBox: box("w-hbox"), Box: box("w-hbox"), VBox: box("w-vbox"), GridBox: box("w-vbox"), Stack: stack, Tab: tabs,
    Accordion: accordion, Output: output, Any: own,
  };
  const draw = (reference) => {
    const model = find(reference), kind = model ? model.name.replace(/Model$/, "") : "";
    if (!model) return note("This widget was not saved; run the notebook to see it.");
    return VIEWS[kind] ? VIEWS[kind](model) : note(`This ${kind} widget needs a running kernel.`);
  };

  // jslink goes both ways, jsdlink from source to target. Links follow only what has a value on both sides.
  const link = (model) => {
    const [[from, fromKey], [to, toKey]] = [model.get("source"), model.get("target")];
    const source = find(from), target = find(to);
    if (!source || !target) return;
    linked.add(source).add(target);
    const forward = () => target.set(toKey, source.get(fromKey));
    source.on(fromKey, forward);
    if (model.name === "LinkModel") target.on(toKey, () => source.set(fromKey, target.get(toKey)));
    forward();
  };

  if (saved) {
    const {state} = JSON.parse(saved.textContent);
    for (const [id, entry] of Object.entries(state)) models.set(id, new Model(entry.model_name, entry.state));
    for (const model of models.values()) if (/^(Directional)?LinkModel$/.test(model.name)) link(model);
  }
  for (const view of document.querySelectorAll(`.widget > script[type="${VIEW}"]`)) {
    const {model_id: id, advice} = JSON.parse(view.textContent), model = find(id);
    if (model) model.advice = advice;
    view.parentNode.append(draw(id));
  }
})();
