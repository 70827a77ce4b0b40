// The status board: every cut under what it still needs.

import { fill, h } from "./dom.js";
import { gist, signs } from "./marks.js";
import { t } from "./words.js";

const COLUMNS = ["todo", "redo", "changed", "ready", "done"];

export class Board {
  constructor(room) {
    this.room = room;
    this.element = h("section.board", { tabindex: "-1" });
    room.on("page language view marks", () => this.draw());
  }

  draw() {
    const { room } = this;
    if (room.view !== "board" || !room.page) return;
    const found = Object.fromEntries(COLUMNS.map((name) => [name, []]));
    for (const cut of room.page.cuts) found[standing(room, cut)].push(cut);
    const all = Math.max(1, room.page.cuts.length);
    fill(this.element,
      h("div.share", { "aria-hidden": "true" }, COLUMNS.map((name) => {
        const part = h(`span.${name}`);
        part.style.width = `${(100 * found[name].length) / all}%`;
        return part;
      })),
      h("div.columns", {}, COLUMNS.map((name) => h("section", { "data-column": name }, h("h3", {}, t(`board_${name}`), h("span.soft", {}, ` ${found[name].length}`)),
        h("ul", {}, found[name].map((cut) => this.card(cut)))))));
  }

  card(cut) {
    const { room } = this;
    const open = () => { room.tell("want-number", cut.number); room.tell("want-view", "watch"); };
    return h("li", {}, h("button.tile", { type: "button", "data-cut": cut.number, onclick: open, title: gist(cut) },
      h("span.still", {}, room.picture(cut, 240, "")), h("span.line", {}, h("b", {}, cut.number), h("span.soft", {}, cut.time)), h("span.signs", {}, signs(room, cut))));
  }
}

/** What a cut still needs, the most urgent first. */
export function standing(room, cut) {
  if (room.mark(cut.number).verdict === "retake" || cut.ordered !== null) return "redo";
  if (cut.stale || cut.edited) return "changed";
  if (!cut.panel && !cut.takes.length) return "todo";
  if (room.locked(cut)) return "done";
  return cut.takes.length || room.page.gate?.kind === "storyboard" ? "ready" : "todo";
}
