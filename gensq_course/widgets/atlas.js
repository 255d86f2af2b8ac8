// A map of points. Click a place, or focus the map and use the arrow keys (with Shift in larger steps): the place goes to
// the kernel. Where points have titles, the one nearest to the pointer (else to the mark) is said below the map, and a field
// finds those that hold some words; this needs no kernel. Eight shapes and eight colours, those of the figures
// (MARKERS of the style), so that groups differ for every eye and look the same in both.
const SVG = "http://www.w3.org/2000/svg", WIDTH = 640, HEIGHT = 440, EDGE = 18, STEPS = 60;
const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
const SHAPES = [
  "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0", "M-3,-3h6v6h-6z", "M0,-4.4L4.4,0L0,4.4L-4.4,0z", "M0,-4L4,3H-4z",
  "M0,4L4,-3H-4z", "M-1.4,-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z",
  "M0,-4.6L1.2,-1.6L4.4,-1.4L1.9,0.6L2.7,3.8L0,2L-2.7,3.8L-1.9,0.6L-4.4,-1.4L-1.2,-1.6z",
  "M-4,-2.2L-2.2,-4L0,-1.8L2.2,-4L4,-2.2L1.8,0L4,2.2L2.2,4L0,1.8L-2.2,4L-4,2.2L-1.8,0z"];

const element = (tag, attributes, parent) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (parent) parent.append(made);
  return made;
};

// From the units of the map to those of the picture, and back.
const scales = (points) => {
  const range = (axis) => {
    const values = points.map((point) => point[axis]), low = Math.min(...values), high = Math.max(...values);
    const margin = 0.05 * (high - low) || 1;
    return [low - margin, high + margin];
  };
  const [[left, right], [bottom, top]] = [range(0), range(1)];
  return {
    step: [(right - left) / STEPS, (top - bottom) / STEPS],
    clamp: ([x, y]) => [Math.min(Math.max(x, left), right), Math.min(Math.max(y, bottom), top)],
    toPicture: ([x, y]) => [
      EDGE + (x - left) / (right - left) * (WIDTH - 2 * EDGE), HEIGHT - EDGE - (y - bottom) / (top - bottom) * (HEIGHT - 2 * EDGE)],
    toMap: ([u, v]) => [
      left + (u - EDGE) / (WIDTH - 2 * EDGE) * (right - left), bottom + (HEIGHT - EDGE - v) / (HEIGHT - 2 * EDGE) * (top - bottom)],
  };
};

const legend = (groups, colours) => {
  const list = document.createElement("div");
  list.style.cssText = "display:flex;flex-wrap:wrap;gap:.2em 1em;font-size:13px";
  groups.forEach((name, i) => {
    const entry = document.createElement("span"), mark = element("svg", {width: 12, height: 12, viewBox: "-6 -6 12 12"});
    element("path", {d: SHAPES[i % SHAPES.length], fill: colours[i % colours.length]}, mark);
    entry.append(mark, " " + name);
    list.append(entry);
  });
  return list;
};

// What the points stand for: a line below the map that says it, and a field that finds words. Nothing where they have no titles.
const captions = (points, titles, scale, marks) => {
  if (!titles?.length) return {nodes: [], near: () => {}};
  const said = document.createElement("p"), label = document.createElement("label"), field = document.createElement("input");
  const found = document.createElement("output");
  said.setAttribute("role", "status");
  said.style.cssText = "min-height:1.5em;margin:.3em 0";
  label.style.cssText = "display:flex;flex-wrap:wrap;gap:.2em .6em;align-items:center";
  field.style.cssText = "flex:1 1 14em;min-width:0;max-width:24em";
  Object.assign(field, {type: "search", autocomplete: "off", placeholder: "words of a sentence"});
  label.append("find on the map ", field, " ", found);
  field.dataset.lmSuppressShortcuts = "true";  // keys belong to the field, not to JupyterLab
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = titles.map((title) => words.every((word) => title.toLowerCase().includes(word)));
    marks.forEach((mark, i) => { mark.style.opacity = hits[i] ? 1 : 0.1; });
    found.textContent = words.length ? `${hits.filter(Boolean).length} of ${titles.length}` : "";
  });
  const near = ([x, y]) => {
    const [u, v] = scale.toPicture([x, y]);
    const away = points.map((point) => { const [a, b] = scale.toPicture(point); return (a - u) ** 2 + (b - v) ** 2; });
    said.textContent = `Nearest: ${titles[away.indexOf(Math.min(...away))]}`;
  };
  return {nodes: [said, label], near};
};

const render = ({model, el}) => {
  const points = model.get("points"), groups = model.get("groups"), look = model.get("look"), scale = scales(points);
  const svg = element("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: 0, role: "application", class: "gensq-atlas",
    "aria-label": model.get("says") + " Arrow keys move the mark, with Shift in larger steps."});
  svg.style.cssText = "width:100%;max-width:760px;border-radius:4px;cursor:crosshair;"
    + `background:${look.card};border:1px solid ${look.edge}`;
  const marks = points.map(([x, y, group]) => {
    const [u, v] = scale.toPicture([x, y]);
    return element("path", {d: SHAPES[group % SHAPES.length], fill: look.groups[group % look.groups.length], "fill-opacity": 0.75,
      transform: `translate(${u.toFixed(1)},${v.toFixed(1)})`}, svg);
  });
  const below = captions(points, model.get("titles"), scale, marks);
  const mark = element("g", {class: "gensq-mark", stroke: look.mark, "stroke-width": 2, fill: "none"}, svg);
  element("circle", {r: 9}, mark);
  element("path", {d: "M-14,0H-5M5,0H14M0,-14V-5M0,5V14"}, mark);
  const draw = () => {
    mark.setAttribute("transform", `translate(${scale.toPicture(model.get("place")).join(",")})`);
    below.near(model.get("place"));
  };
  const go = (place) => { model.set("place", scale.clamp(place)); model.save_changes(); };

  const placeOf = (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return scale.toMap([at.x, at.y]);
  };
  svg.addEventListener("pointerdown", (event) => go(placeOf(event)));
  svg.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") below.near(placeOf(event)); });
  svg.addEventListener("pointerleave", () => below.near(model.get("place")));
  svg.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key], [x, y] = model.get("place"), times = event.shiftKey ? 5 : 1;
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    go([x + times * direction[0] * scale.step[0], y + times * direction[1] * scale.step[1]]);
  });
  model.on("change:place", draw);
  draw();
  el.append(legend(groups, look.groups), svg, ...below.nodes);
};

export default {render};
