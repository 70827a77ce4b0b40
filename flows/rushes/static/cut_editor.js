// Edit a cut where it is seen: its values from lists, a preview while they are chosen, and saving into the cut sheet.

import { fieldName, word } from "./cut_words.js";
import { remember, signature } from "./parts.js";
import { fill, h, say } from "./dom.js";
import { koma } from "./time.js";
import { spoken, t } from "./words.js";
import { load, picture, post } from "./wire.js";

const SOON = 200; // ms without another change before a preview is drawn

export class CutEditor {
  constructor(room) {
    this.room = room;
    this.chosen = new Map(); // cut -> path -> value, not saved yet
    this.body = h("div.edit-body");
    this.summary = h("summary");
    this.element = h("details.editor", { ontoggle: () => this.draw() }, this.summary, this.body);
    room.on("shot language", () => this.draw());
    room.on("page", () => this.shown !== this.state && this.draw());
  }

  toggle() {
    this.element.open = !this.element.open;
    if (this.element.open) this.summary.focus();
  }

  get api() {
    return `/api/episodes/${this.room.id}`;
  }

  /** What the form was drawn for: another state needs another form. */
  get state() {
    const { cut, page } = this.room;
    return cut ? `${cut.number} ${spoken()} ${page.gate?.id} ${cut.edited} ${cut.frames}` : "";
  }

  changes(number) {
    return (this.form?.fields ?? []).filter((field) => this.chosen.get(number)?.has(field.path))
      .map((field) => ({ path: field.path, was: field.value, to: this.chosen.get(number).get(field.path) }));
  }

  async draw() {
    const { cut } = this.room;
    fill(this.summary, t("edit"));
    if (!cut || !this.element.open) return;
    const state = (this.shown = this.state);
    try {
      const form = await load(`${this.api}/cuts/${cut.number}`);
      if (state !== this.shown) return; // another cut was chosen meanwhile
      this.form = form;
      this.fillIn(cut, form);
    } catch (problem) {
      fill(this.body, h("p.problem", { role: "alert" }, problem.message));
    }
  }

  fillIn(cut, form) {
    const mine = this.chosen.get(cut.number) ?? new Map();
    for (const [path, value] of mine) {
      const field = form.fields.find((one) => one.path === path);
      if (!field || field.value === value) mine.delete(path);
    }
    this.picture = h("canvas.preview", { role: "img", "aria-label": t("preview_of", { cut: cut.number }), width: "640", height: "360" });
    this.problem = h("p.problem", { role: "alert" });
    this.name = signature() ? null : h("input", { type: "text", maxlength: "80", autocomplete: "name", "aria-label": t("signed"), placeholder: t("signed") });
    this.buttons = h("div.row");
    fill(this.body, this.picture, form.preview.same ? null : h("p.hint", {}, t("preview_rough")), groups(form.fields).map(([title, fields]) =>
      h("fieldset", {}, h("legend", {}, title), fields.map((field) => this.row(cut, field)))), this.problem, this.name, this.buttons);
    this.updated(cut);
    this.drawSoon(cut, 0);
  }

  row(cut, field) {
    const value = this.chosen.get(cut.number)?.get(field.path) ?? field.value;
    const id = `edit-${field.path}`;
    const changed = (to) => {
      const mine = this.chosen.get(cut.number) ?? new Map();
      this.chosen.set(cut.number, mine);
      if (to === field.value) mine.delete(field.path);
      else mine.set(field.path, to);
      this.updated(cut);
      this.drawSoon(cut, SOON);
    };
    const label = h("label", { for: id }, fieldName(field.path), field.path.startsWith("lines.") ? h("span.soft", { lang: this.room.page.language }, ` ${field.of}`) : null);
    return h("div.field", { "data-path": field.path }, label, this.control(id, field, value, changed));
  }

  control(id, field, value, changed) {
    if (field.kind === "choice") {
      const none = field.empty ? [h("option", { value: "", selected: value === null }, "—")] : [];
      return h("select", { id, onchange: (event) => changed(event.target.value || null) },
        [...none, ...field.choices.map((choice) => h("option", { value: choice, selected: choice === value }, word(choice)))]);
    }
    if (field.kind === "text") return h("textarea", { id, rows: "4", maxlength: String(field.most), placeholder: t("empty_built"), value: value ?? "", oninput: (event) => changed(event.target.value) });
    const told = h("output.soft", {}, field.kind === "frames" ? koma(value, this.room.fps) : "");
    const input = h("input", { id, type: "number", inputmode: "decimal", min: String(field.least), max: String(field.most), step: field.kind === "frames" ? "1" : "0.1", value: String(value),
      oninput: () => {
        if (input.value === "" || !input.checkValidity()) return;
        const number = Number(input.value);
        if (field.kind === "frames") told.textContent = koma(number, this.room.fps);
        changed(number);
      } });
    return h("span.number-field", {}, input, told);
  }

  /** The buttons, and which fields are not as they are saved. */
  updated(cut) {
    const count = this.changes(cut.number).length;
    for (const row of this.body.querySelectorAll(".field")) row.classList.toggle("changed", this.chosen.get(cut.number)?.has(row.dataset.path) ?? false);
    fill(this.buttons,
      h("button.send", { type: "button", "data-act": "save-edit", disabled: !count, onclick: () => this.save(cut) }, t("save_edit")),
      count ? h("button.small", { type: "button", "data-act": "discard", onclick: () => { this.chosen.delete(cut.number); this.draw(); } }, t("discard")) : null,
      this.saved?.cut === cut.number && !count ? h("button.small", { type: "button", "data-act": "undo", onclick: () => this.undo() }, t("undo")) : null,
      count ? h("span.soft", {}, t("unsaved", { n: count })) : null);
  }

  drawSoon(cut, pause) {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.preview(cut), pause);
  }

  async preview(cut) {
    const changes = this.changes(cut.number);
    const target = this.picture;
    try {
      const drawn = await picture(`${this.api}/previews`, { cut: cut.number, changes });
      if (target !== this.picture || !target.isConnected) return;
      Object.assign(target, { width: drawn.width, height: drawn.height });
      target.getContext("2d").drawImage(drawn, 0, 0);
      target.dataset.drawn = String(Number(target.dataset.drawn ?? 0) + 1);
      this.problem.textContent = "";
    } catch (problem) {
      if (target === this.picture) this.problem.textContent = problem.message;
    }
  }

  by() {
    const typed = this.name?.value.trim() ?? signature();
    if (typed) remember(typed);
    else {
      this.problem.textContent = t("wants_name");
      this.name?.focus();
    }
    return typed;
  }

  async save(cut) {
    const by = this.by();
    if (!by) return;
    try {
      const saved = await post(`${this.api}/edits`, { cut: cut.number, changes: this.changes(cut.number), by });
      this.chosen.delete(cut.number);
      this.saved = { cut: cut.number, version: saved.version };
      say(t("saved_edit", { n: saved.version, changes: saved.changes.join(", ") }), "good");
      this.room.tell("want-page");
      await this.draw();
    } catch (problem) {
      this.problem.textContent = `${problem.message} ${t("kept")}`;
    }
  }

  async undo() {
    try {
      const done = await post(`${this.api}/restores`, { version: this.saved.version - 1, by: signature() });
      this.saved = null;
      say(t("restored", { n: done.version }), "good");
      this.room.tell("want-page");
      await this.draw();
    } catch (problem) {
      this.problem.textContent = problem.message;
    }
  }
}

/** Fields under their headings, in the order they came: framing, each person, light, times, prompts. */
function groups(fields) {
  const found = new Map();
  for (const field of fields) {
    const title = heading(field);
    found.set(title, [...(found.get(title) ?? []), field]);
  }
  return [...found];
}

function heading(field) {
  if (field.kind === "text") return t("about_prompts");
  if (field.kind === "frames") return t("about_times");
  if (field.path.startsWith("staged.")) return field.of;
  return ["time", "weather"].includes(field.path) ? t("about_light") : t("about_framing");
}
