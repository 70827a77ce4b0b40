// The list of cuts at the side: picture, number, time, and how each stands.

import { fill, h } from "./dom.js";
import { gist, signs } from "./marks.js";
import { t } from "./words.js";

const FILTERS = {
  all: () => true,
  marked: (room, cut) => room.mark(cut.number).verdict !== null,
  redone_cut: (room, cut) => room.redone().has(cut.number),
  troubled: (_room, cut) => cut.stale || cut.unlike || cut.ordered !== null,
  unseen: (room, cut) => !room.mark(cut.number).seen,
};

export class Cuts {
  constructor(room) {
    this.room = room;
    this.filter = "all";
    this.items = new Map();
    this.head = h("header");
    this.list = h("ol");
    this.element = h("nav.cuts", {}, this.head, this.list);
    room.on("page language", () => this.draw());
    room.on("marks", (number) => this.redo(number));
    room.on("shot", () => this.current());
  }

  draw() {
    const { room } = this;
    this.element.setAttribute("aria-label", t("cuts"));
    fill(this.head, h("h2", {}, t("cuts"), h("span.soft", {}, ` ${room.page.cuts.length}`)),
      h("select", { "aria-label": t("filter"), onchange: (event) => { this.filter = event.target.value; this.draw(); } },
        Object.keys(FILTERS).map((name) => h("option", { value: name, selected: name === this.filter }, t(name)))));
    this.items.clear();
    fill(this.list, room.page.scenes.map((scene) => {
      const cuts = scene.cuts.map((number) => room.find(number)).filter((cut) => cut && FILTERS[this.filter](room, cut));
      if (!cuts.length) return null;
      return [h("li.scene", {}, h("span", {}, `${scene.name} · ${scene.where}`), h("span.soft", {}, scene.time)), cuts.map((cut) => this.item(cut))];
    }));
    this.current(true);
  }

  item(cut) {
    const item = h("li", {}, this.button(cut));
    this.items.set(cut.number, item);
    return item;
  }

  button(cut) {
    const { room } = this;
    const take = room.take(cut);
    return h("button.cut", { type: "button", "data-cut": cut.number, onclick: () => room.tell("want-number", cut.number) },
      h("span.still", {}, room.picture(cut, 240, "")),
      h("span.about", {},
        h("span.line", {}, h("b", {}, cut.number), h("span.soft", {}, cut.time), take ? h("span.soft", {}, `T${take.number}`) : null),
        h("span.gist", { lang: room.page.language }, gist(cut)),
        h("span.signs", {}, signs(room, cut))));
  }

  redo(number) {
    const cut = this.room.find(number);
    const item = this.items.get(number);
    if (!cut || !item) return;
    const focused = item.contains(document.activeElement);
    fill(item, this.button(cut));
    if (focused) item.firstChild.focus();
    this.current();
  }

  current(jump = false) {
    const number = this.room.cut?.number;
    for (const [name, item] of this.items) {
      const here = name === number;
      item.classList.toggle("here", here);
      item.firstChild.setAttribute("aria-current", String(here));
    }
    const item = this.items.get(number);
    if (item && (jump || this.last !== number)) {
      // Only the list itself is scrolled: on a phone the page must stay where it is.
      const top = item.offsetTop - this.list.offsetTop;
      const { scrollTop, clientHeight } = this.list;
      if (top < scrollTop + 40 || top + item.offsetHeight > scrollTop + clientHeight - 40) this.list.scrollTop = top - clientHeight / 2 + item.offsetHeight / 2;
    }
    this.last = number;
  }
}
