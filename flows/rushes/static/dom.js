// Elements, made without a template language: text is always text, so nothing in a script can become markup.

/** An element: `h("button.primary", {onclick, "aria-label": ...}, "words", child)`. */
export function h(kind, given = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what is inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A sentence that screen readers say, and everybody sees for a while. */
export function say(sentence, kind = "plain") {
  const shelf = document.getElementById("said") ?? document.body.appendChild(h("div", { id: "said", role: "status", "aria-live": "polite" }));
  const note = h(`p.said.${kind}`, {}, sentence);
  shelf.replaceChildren(note);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => note.remove(), kind === "bad" ? 12000 : 5000);
}

export const meta = (name) => document.querySelector(`meta[name="sakuga-${name}"]`)?.content ?? "";
