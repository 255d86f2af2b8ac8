// The page "search": finder.js over the sections of the book (search-index.js); results while you type, links into the lessons.
(() => {
  "use strict";
  const field = document.getElementById("asked"), list = document.getElementById("found"), status = document.getElementById("how-many");
  const finder = new Finder(window.gensqSections);

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // About 160 letters around the first word that was found, the words in it marked; text enters as text.
  const excerpt = (text, terms) => {
    const words = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
    const rule = new RegExp(`(${words.join("|")})`, "gi"), at = Math.max(0, text.search(rule));
    const start = at < 70 ? 0 : text.lastIndexOf(" ", at - 50) + 1, cut = text.slice(start, start + 170);
    const parts = cut.split(rule).map((part, i) => i % 2 ? element("mark", {textContent: part}) : part);
    return element("p", {}, start ? "… " : "", ...parts, text.length > start + 170 ? " …" : "");
  };

  const ask = () => {
    const asked = field.value.trim(), found = asked ? finder.search(asked).slice(0, 40) : [];
    list.replaceChildren(...found.map((hit) => element("li", {},
      element("a", {href: hit.id, textContent: hit.title}), hit.page === hit.title ? "" : element("span", {className: "note", textContent: ` ${hit.page}`}),
      excerpt(hit.text, hit.terms))));
    status.textContent = asked ? (found.length ? `${found.length}${found.length === 40 ? " or more" : ""} places` : "Nothing found. Fewer or shorter words find more.") : "";
  };
  field.addEventListener("input", ask);
  field.form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  ask();
  field.focus();
})();
