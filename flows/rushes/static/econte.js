// The econte as a sheet: cut, picture, what happens, what is said, sounds, time.

import { fill, h } from "./dom.js";
import { signs } from "./marks.js";
import { spoken, t } from "./words.js";

export class Econte {
  constructor(room) {
    this.room = room;
    this.rows = new Map();
    this.element = h("section.econte", { tabindex: "-1" });
    room.on("page language", () => (this.stale = true) && this.draw());
    room.on("view", () => this.draw());
    room.on("marks", (number) => this.redo(number));
    room.on("shot", () => this.current());
  }

  draw() {
    if (this.room.view !== "econte" || !this.room.page) return;
    if (this.stale !== false) {
      this.rows.clear();
      const heads = ["cut", "picture", "action", "dialogue", "sounds", "length"];
      fill(this.element, this.missing(), h("table", {}, h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(name))))),
        this.room.page.scenes.map((scene) => h("tbody", {},
          h("tr.scene", {}, h("th", { colspan: "6", scope: "rowgroup" }, `${scene.name} · ${scene.where}`, h("span.soft", {}, scene.time))),
          scene.cuts.map((number) => this.row(this.room.find(number)))))));
      this.stale = false;
    }
    this.current(true);
  }

  missing() {
    const { missing } = this.room.page;
    return missing.length ? h("p.soft", {}, `${t("missing")}: ${missing.join(", ")}`) : null;
  }

  row(cut) {
    const { room } = this;
    const language = room.page.language;
    const open = () => room.tell("want-number", cut.number);
    const row = h("tr", { "data-cut": cut.number },
      h("th", { scope: "row" }, h("button.number", { type: "button", onclick: open }, cut.number), h("div.signs", {}, signs(room, cut))),
      h("td.picture-cell", {}, h("button.still", { type: "button", onclick: () => { open(); room.tell("want-view", "watch"); }, "aria-label": `${t("watch")} ${cut.number}` }, room.picture(cut, 480, ""))),
      h("td.action", { lang: language }, h("p.shot", {}, [cut.join, cut.shot[spoken()], cut.camera].filter(Boolean).join("  ")), cut.action ? h("p", {}, cut.action) : null, cut.caption ? h("p.soft", {}, `T: ${cut.caption}`) : null),
      h("td.dialogue", { lang: language }, cut.dialogue.map((line) => h("p", {}, h("b", {}, line.speaker), line.mark ? h("span.soft", {}, ` (${line.mark})`) : null, h("br"), line.text))),
      h("td.sounds", {}, cut.sounds.map((sound) => h("p", {}, sound))),
      h("td.time", {}, h("b", {}, cut.time), h("span.soft", {}, cut.total)));
    row.addEventListener("click", (event) => event.target.closest("button") || open());
    this.rows.set(cut.number, row);
    return row;
  }

  redo(number) {
    const row = this.rows.get(number);
    if (row) fill(row.querySelector(".signs"), signs(this.room, this.room.find(number)));
  }

  current(jump = false) {
    const number = this.room.cut?.number;
    for (const [name, row] of this.rows) row.classList.toggle("here", name === number);
    if (this.room.view !== "econte" || (!jump && this.last === number)) return;
    this.last = number;
    this.rows.get(number)?.scrollIntoView({ block: "nearest" });
  }
}
