// The parts that the live pages are made of. Text enters as text alone, never as HTML; every control has a name and its value.
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const named = (made, attributes) => {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};
const drawn = (tag, attributes, parent) => {  // an element of SVG
  const made = named(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  if (parent) parent.append(made);
  return made;
};
const percent = (share) => (share >= 0.0995 ? `${Math.round(100 * share)} %` : share >= 0.001 ? `${(100 * share).toFixed(1)} %`
  : share > 0 ? "< 0.1 %" : "0");
const fixed = (number, digits = 2) => number.toFixed(digits).replace("-", "−");

// Calls at most once for each frame, with what stands there then: a slider that is dragged asks faster than anything answers.
const oncePerFrame = (call) => {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; call(); });
  };
};

// A control below or beside its name. The name is a label of its own: around the control it would take the value into the name.
let numControls = 0;
const labelled = (className, name, control, ...more) => {
  control.id = `gensq-control-${numControls += 1}`;
  return element("div", {className}, element("label", {htmlFor: control.id, textContent: name}), control, ...more);
};
// A slider with its name and its value: {node, value}. `shown` writes the value for eyes and for screen readers.
const dial = (name, {min, max, step, value, shown = (number) => fixed(number, step < 1 ? 2 : 0)}, changed) => {
  const input = element("input", {type: "range", min, max, step, value}), output = element("output");
  const say = () => { output.textContent = shown(Number(input.value)); named(input, {"aria-valuetext": output.textContent}); };
  input.addEventListener("input", () => { say(); changed(); });
  say();
  return {node: labelled("dial", name, input, output),
    get value() { return Number(input.value); }, set value(number) { input.value = number; say(); }};
};
const menu = (name, options, changed, chosen = 0) => {
  const select = element("select", {}, ...options.map((text, i) => element("option", {value: i, textContent: text})));
  select.value = chosen;
  select.addEventListener("change", changed);
  return {node: labelled("field", name, select),
    get value() { return Number(select.value); }};
};
// A field to type in, with examples to choose from.
const field = (name, value, examples, changed) => {
  const options = examples.map((text) => element("option", {value: text}));
  const list = element("datalist", {}, ...options);
  const input = element("input", {type: "text", value, autocomplete: "off", spellcheck: false});
  input.addEventListener("input", changed);
  const node = labelled("field", name, input, list);
  list.id = `${input.id}-examples`;
  named(input, {list: list.id});
  return {node, input, get value() { return input.value; }};
};
const button = (text, pressed, properties = {}) => {
  const made = element("button", {type: "button", textContent: text, ...properties});
  made.addEventListener("click", pressed);
  return made;
};
// Texts under their names, side by side where there is room; what changes is read aloud.
const cards = (...names) => {
  const lines = (className) => names.map(() => element("p", {className})), texts = lines("said"), notes = lines("faint");
  const boxes = names.map((name, i) =>
    element("div", {className: "card"}, element("h4", {textContent: name}), texts[i], notes[i]));
  return {node: named(element("div", {className: "cards"}, ...boxes), {role: "status"}),
    show: (...shown) => shown.forEach(([text, note = ""], i) => { texts[i].textContent = text; notes[i].textContent = note; })};
};
// A share as a number over a bar; `kind` is its colour. A row of heads for a table of such.
const barCell = (share, kind, text = percent(share)) => {
  const cell = element("td", {className: `portion ${kind}`, textContent: text});
  cell.style.setProperty("--share", `${(100 * Math.min(share, 1)).toFixed(2)}%`);
  return cell;
};
const headRow = (...names) =>
  element("tr", {}, ...names.map((name) => named(element("th", {textContent: name}), {scope: "col"})));
const part = (title, ...children) => element("section", {}, element("h3", {textContent: title}), ...children);

// A state with listeners, as a widget of a notebook has one (anywidget's model): the same front ends then work here.
const store = (state, send = () => {}) => {
  const heard = {};
  return {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
      for (const call of heard[`change:${name}`] ?? []) call();
    },
    save_changes: () => {}, send,
    tell: (message) => { for (const call of heard["msg:custom"] ?? []) call(message); },
    on: (event, call) => { (heard[event] ??= []).push(call); }, off: () => {},
  };
};

// A picture of grey squares: rows of values from 0 (white) to 1 (black).
const pixels = (side = 176) => {
  const canvas = named(element("canvas", {width: 8, height: 8}), {role: "img"});
  Object.assign(canvas.style, {width: `${side}px`, height: `${side}px`});
  return {node: canvas, show: (values, words) => {
    const context = canvas.getContext("2d"), image = context.createImageData(8, 8);
    values.forEach((value, i) => {
      const grey = Math.round(255 * (1 - Math.min(Math.max(value, 0), 1)));
      image.data.set([grey, grey, grey, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
    named(canvas, {"aria-label": words});
  }};
};

// Lines over x in one SVG: draw({name: values}) on fixed axes.
const WIDE = 520, HIGH = 240, ROOM = {left: 44, right: 12, top: 12, bottom: 30};
const chart = (x, [low, high], {height = HIGH, ticks = [x[0], 0, x[x.length - 1]]} = {}) => {
  const picture = drawn("svg", {viewBox: `0 0 ${WIDE} ${height}`, role: "img", class: "chart"});
  const across = (value) => ROOM.left + (value - x[0]) / (x[x.length - 1] - x[0]) * (WIDE - ROOM.left - ROOM.right);
  const inside = (value) => (Math.min(Math.max(value, low), high) - low) / (high - low);
  const up = (value) => height - ROOM.bottom - inside(value) * (height - ROOM.top - ROOM.bottom);
  const label = (text, at, anchor) => { drawn("text", {...at, "text-anchor": anchor}, picture).textContent = text; };
  for (const tick of ticks) label(fixed(tick, 0), {x: across(tick), y: height - 8}, "middle");
  for (const tick of [low, 0, high].filter((value, i, all) => all.indexOf(value) === i)) {
    drawn("line", {x1: ROOM.left, x2: WIDE - ROOM.right, y1: up(tick), y2: up(tick), class: "grid"}, picture);
    label(fixed(tick, 1), {x: ROOM.left - 6, y: up(tick) + 4}, "end");
  }
  const lines = new Map();
  return {node: picture, show: (values, words) => {
    Object.entries(values).forEach(([name, ys], i) => {
      if (!lines.has(name)) lines.set(name, drawn("polyline", {class: `line line-${i}`}, picture));
      named(lines.get(name), {points: [...ys].map((y, j) => `${across(x[j]).toFixed(1)},${up(y).toFixed(1)}`).join(" ")});
    });
    named(picture, {"aria-label": words});
  }};
};
const key = (names) => element("p", {className: "key"}, ...names.map((name, i) => {
  const sample = drawn("svg", {viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true"});
  drawn("line", {x1: 1, x2: 25, y1: 5, y2: 5, class: `line line-${i}`}, sample);
  return element("span", {}, sample, ` ${name}`);
}));
const live = {};  // name of a page -> show(place, assets)
