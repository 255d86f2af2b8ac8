// Fills every <div class="gensq-live" data-live="NAME"> of a page. What a page of that name computes with (`needs`) stands in
// the page already, or in scripts beside this one that are loaded when they are needed: from a disk a page may load scripts, and
// nothing else.
const arrived = (globalThis.gensqLive ??= {assets: {}}).assets, pending = new Map();
const beside = document.currentScript?.src ?? "";
const asset = (name) => {
  if (name in arrived) return Promise.resolve(arrived[name]);
  if (!pending.has(name)) pending.set(name, new Promise((done, failed) => {
    const script = element("script", {src: new URL(`live/${name}.js`, beside).href});
    script.addEventListener("load", () => done(arrived[name]));
    const missing = `expected the file live/${name}.js beside live.js, got none; build the page again`;
    script.addEventListener("error", () => failed(new RangeError(missing)));
    document.head.append(script);
  }));
  return pending.get(name);
};
const fill = async (place) => {
  const name = place.dataset.live, still = [...place.childNodes];
  try {
    if (!live[name] || !needs[name]) refuse(`expected one of ${Object.keys(needs).join(", ")}, got "${name}"; mend data-live`);
    const found = Object.fromEntries(await Promise.all(needs[name].map(async (each) => [each, await asset(each)])));
    const made = element("div", {className: "gensq-live-inside"});
    live[name](made, found);
    still.forEach((node) => node.remove());  // what stood there for readers without scripts
    place.append(made);
    place.dataset.ready = "true";
  } catch (error) {
    const said = element("p", {className: "help", textContent: `This part cannot be shown: ${error.message}`});
    place.append(named(said, {role: "alert"}));
    place.dataset.ready = "failed";
  }
};
// Each is made when it comes near the screen: a chapter with one far below costs nothing before.
const start = () => {
  const places = [...document.querySelectorAll(".gensq-live:not([data-ready])")];
  const near = new IntersectionObserver((seen) => seen.filter(({isIntersecting}) => isIntersecting).forEach(({target}) => {
    near.unobserve(target);
    fill(target);
  }), {rootMargin: "400px"});
  places.forEach((place) => near.observe(place));
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
