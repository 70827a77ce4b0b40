// Parts that several pages share: the line at the top, the name a decision is signed with, one picture in full size.

import { h, meta } from "./dom.js";
import { spoken, speak, t } from "./words.js";

/** The line at the top. `home`: address and word of the page above; `draw` is called in another language. */
export function heading({ home: [address, word], title, told, draw }) {
  return h("header.top", {},
    h("a.home", { href: address, "aria-label": t(word) }, h("img", { src: "/static/mark.svg", alt: "", width: "28", height: "28" })),
    h("div.title", {}, h("h1", {}, title), told),
    h("div.tools", {}, h("button.small", { type: "button", onclick: () => { speak(spoken() === "ja" ? "en" : "ja"); draw(); } }, t("language"))));
}

/** The name decisions are signed with: the one typed last in this browser, else who started the room. */
export function signature() {
  const started = meta("you") === "unknown" ? "" : meta("you");
  try {
    return localStorage.getItem("sakuga:name") || started;
  } catch {
    return started;
  }
}

export function remember(name) {
  try {
    localStorage.setItem("sakuga:name", name);
  } catch {
    // typed again next time
  }
}

/** The two fields of a decision, bound to `state.note` and `state.by`. */
export function signing(state, hint) {
  const by = h("input", { type: "text", id: "signed", value: state.by, maxlength: "80", autocomplete: "name", oninput: (event) => { state.by = event.target.value; } });
  const note = h("textarea", { id: "note", rows: "2", maxlength: "2000", value: state.note, placeholder: hint, oninput: (event) => { state.note = event.target.value; } });
  return [h("label", { for: "note" }, t("note"), note), h("label", { for: "signed" }, t("signed"), by)];
}

/** One picture as large as the window. `go(side, down)` answers an arrow key with the next address and its words. */
export function enlarged(hint, go, closed = () => {}) {
  const image = h("img", { alt: "" });
  const told = h("p", { role: "status" });
  const show = (side, down) => {
    const [address, words] = go(side, down);
    image.src = address;
    told.textContent = words;
  };
  const box = h("dialog.enlarged", { onclose: () => { box.remove(); closed(); }, onkeydown: (event) => {
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (steps) { event.preventDefault(); show(...steps); }
  } }, image, h("footer", {}, told, h("span.soft", {}, hint), h("button.small", { type: "button", autofocus: true, onclick: () => box.close() }, t("close"))));
  document.body.append(box);
  show(0, 0);
  box.showModal();
}
