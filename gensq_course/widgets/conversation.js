// A conversation: bubbles, and a field below the last of them. The kernel makes the bubbles (their HTML is escaped there), or a
// page without one (gensq_course/live) makes nodes; here they are put on the page one by one, so that a screen reader hears what is new, and what was unfolded stays so.
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const turn = ({id, who, html, node}) => {
  const made = element("div", {className: `turn ${who}`, ...(node ? {} : {innerHTML: html})}, ...(node ? [node] : []));
  made.dataset.id = id;
  return made;
};

const render = ({model, el}) => {
  const talk = element("div", {className: "talk", tabIndex: 0});
  for (const [name, value] of [["role", "log"], ["aria-live", "polite"], ["aria-label", "conversation"]]) talk.setAttribute(name, value);
  const examples = element("datalist", {id: `examples-${Math.random().toString(36).slice(2)}`},
    ...model.get("examples").map((value) => element("option", {value})));
  const field = element("input", {type: "text", placeholder: model.get("placeholder"), autocomplete: "off", dir: "auto"});
  field.setAttribute("aria-label", "what you say");
  field.setAttribute("list", examples.id);
  const send = element("button", {type: "submit", textContent: "Send"});
  const anew = element("button", {type: "button", textContent: "Anew", title: "Start anew: what was said is forgotten."});
  const form = element("form", {}, field, send, anew);
  let pending = null;

  const show = () => {
    pending?.remove();
    pending = null;
    const bubbles = model.get("bubbles"), known = new Map([...talk.children].map((node) => [node.dataset.id, node]));
    const wanted = new Set(bubbles.map(({id}) => id));
    for (const [id, node] of known) if (!wanted.has(id)) node.remove();
    bubbles.forEach((bubble, i) => {
      const node = known.get(bubble.id) || turn(bubble);
      if (talk.children[i] !== node) talk.insertBefore(node, talk.children[i] || null);
    });
    talk.scrollTop = talk.scrollHeight;
  };
  const say = (event) => {
    event.preventDefault();
    const said = field.value;
    field.focus();
    if (!said.trim() || pending) return;
    pending = element("div", {className: "turn you pending"},
      element("p", {className: "bubble", textContent: said.slice(0, model.get("longest")), dir: "auto"}));
    talk.append(pending);
    talk.scrollTop = talk.scrollHeight;
    model.send({said});
  };
  const heard = ({understood}) => {
    show();
    if (understood) field.value = "";
    if (form.contains(document.activeElement)) form.scrollIntoView({block: "nearest"});
  };

  form.addEventListener("submit", say);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) say(event); });
  anew.addEventListener("click", () => { field.value = ""; field.focus(); model.send({anew: true}); });
  model.on("change:bubbles", show);
  model.on("msg:custom", heard);
  const legend = element("p", {className: "legend", textContent: model.get("legend"), hidden: !model.get("legend")});
  const room = element("div", {className: "gensq-chat"}, legend, talk, form, examples);
  // Or JupyterLab takes keys of what has the focus; it does not look at what is around that.
  room.addEventListener("focusin", ({target}) => { target.dataset.lmSuppressShortcuts = "true"; });
  el.append(room);
  show();
  return () => { model.off("change:bubbles", show); model.off("msg:custom", heard); };
};

export default {render};
