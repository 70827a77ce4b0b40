// The panel at the side: what is said about the current cut, and the state of the whole review.

import { DecisionDialog, summary } from "./decision_dialog.js";
import { fill, h } from "./dom.js";
import { CutEditor } from "./cut_editor.js";
import { icon } from "./icons.js";
import { signs } from "./marks.js";
import { koma, moment } from "./time.js";
import { CODES, reason, spoken, t } from "./words.js";
import { post } from "./wire.js";

export class ReviewPanel {
  constructor(room, player) {
    this.room = room;
    this.player = player;
    this.cutPart = h("section.cut-part");
    this.wholePart = h("section.whole-part");
    this.element = h("aside.review-panel", {}, this.cutPart, this.wholePart);
    this.dialogs = new DecisionDialog(room, this);
    this.editor = new CutEditor(room);
    room.on("shot page language", () => { this.drawCut(); this.drawWhole(); });
    room.on("marks", (detail) => { if (detail !== "typed") { this.drawCut(); } this.drawWhole(); });
    room.on("want-pin", (pin) => this.focusPin(pin));
  }

  get open() {
    return Boolean(this.room.page.gate);
  }

  // ---- the current cut

  drawCut() {
    const { room } = this;
    const cut = room.cut;
    if (!cut) return fill(this.cutPart);
    const key = `${cut.number} ${spoken()} ${room.page.gate?.id} ${JSON.stringify(cut.takes.length)} ${cut.selected}${cut.locked}${cut.stale}${cut.ordered}${cut.edited}`;
    if (this.keyed === key && this.cutPart.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")) {
      this.refresh(cut);
      return;
    }
    this.keyed = key;
    this.buttons = h("div.verdicts", { role: "group", "aria-label": cut.number });
    this.more = h("div.more");
    fill(this.cutPart, this.said(cut), this.buttons, this.more, this.editor.element, this.past(cut));
    this.refresh(cut, true);
  }

  said(cut) {
    const { room } = this;
    const language = room.page.language;
    return [
      h("header", {}, h("h2", {}, cut.number), h("span.soft", {}, [cut.time, cut.shot[spoken()], cut.camera].join("  ")), h("span.signs", {}, signs(room, cut))),
      cut.action ? h("p.action", { lang: language }, cut.action) : null,
      cut.caption ? h("p.action.soft", { lang: language }, `T: ${cut.caption}`) : null,
      cut.prompt ? h("details.prompt", {}, h("summary.soft", {}, t("prompt")), h("p.soft", {}, cut.prompt)) : null,
      cut.motion_prompt ? h("details.prompt", {}, h("summary.soft", {}, t("motion_prompt")), h("p.soft", {}, cut.motion_prompt)) : null,
      cut.dialogue.map((line) => h("p.line", { lang: language }, h("b", {}, line.speaker), line.mark ? h("span.soft", {}, ` (${line.mark}) `) : " ", line.text)),
      cut.why ? h("p.told.soft", {}, cut.why) : null,
      cut.edited ? h("p.told.soft", { "data-told": "edited" }, t(room.page.gate ? "edited_at_gate" : "edited_told")) : null,
      cut.ordered !== null ? h("p.told", {}, `${t("ordered")}: ${cut.ordered}`) : null,
      cut.locked ? h("p.told.soft", {}, [t("locked_by", { who: cut.chosen_by }), cut.chosen_why].filter(Boolean).join(" · ")) : null,
    ];
  }

  /** Bring the buttons up to date without touching what is being typed. */
  refresh(cut, anew = false) {
    const { room } = this;
    const mark = room.mark(cut.number);
    const locked = room.locked(cut);
    const press = (kind, words, key, on, act, given = {}) =>
      h(`button.verdict.${kind}`, { type: "button", "aria-pressed": String(on), "data-act": kind, onclick: act, ...given }, h("span", {}, words), h("kbd", {}, key));
    const focused = document.activeElement?.dataset?.act;
    const within = this.buttons.contains(document.activeElement);
    fill(this.buttons,
      this.open ? press("ok", t("approve"), "A", mark.verdict === "ok", () => room.tell("want-ok")) : null,
      press("retake", t("retake"), "R", mark.verdict === "retake", () => room.tell("want-retake")),
      press("lock", locked ? t("unlock") : t("lock"), "S", locked, () => room.tell("want-lock"), { disabled: !room.take(cut) }));
    if (within) this.buttons.querySelector(`[data-act="${focused}"]`)?.focus();
    const wants = mark.verdict === "retake";
    if (anew || this.shown !== `${cut.number} ${wants}`) {
      this.shown = `${cut.number} ${wants}`;
      fill(this.more, wants ? this.form(cut) : h("p.hint", {}, t("pin_here")));
    }
    if (wants) this.update(cut, mark);
  }

  form(cut) {
    const { room } = this;
    const number = cut.number;
    this.chips = h("div.chips", {}, CODES.map((code) =>
      h("button.chip", { type: "button", "data-code": code, "aria-pressed": "false", onclick: () => room.say(number, (mark) => {
        mark.reasons = mark.reasons.includes(code) ? mark.reasons.filter((other) => other !== code) : CODES.filter((one) => one === code || mark.reasons.includes(one));
      }) }, reason(code))));
    this.text = h("textarea", { rows: "3", maxlength: "2000", "data-act": "note", "aria-label": t("note_for", { cut: number }), placeholder: t("note_for", { cut: number }), value: room.mark(number).note,
      oninput: () => { room.say(number, (mark) => (mark.note = this.text.value), "typed"); this.readSoon(); } });
    this.reading = h("div.reading", { "aria-live": "polite" });
    this.rangeTold = h("output");
    this.pinList = h("ol.pin-list");
    const range = (change) => () => room.tell(change);
    return [
      h("fieldset", {}, h("legend", {}, t("reasons")), this.chips), this.text, this.reading,
      room.page.gate?.kind === "storyboard" ? this.rangeTold : h("div.range", {}, h("span.soft", {}, t("range")), this.rangeTold,
        h("button.small", { type: "button", onclick: range("want-in"), title: "I" }, t("range_from")), h("button.small", { type: "button", onclick: range("want-out"), title: "O" }, t("range_to")),
        h("button.small", { type: "button", "data-act": "range-clear", onclick: () => room.say(number, (mark) => (mark.frames = null)) }, t("range_clear"))),
      h("div", {}, h("p.hint", {}, t("pin_here")), this.pinList),
      this.open ? null : h("button.send.back", { type: "button", "data-act": "order", onclick: () => this.dialogs.wish("retake") }, t("wish_retake", { cut: number })),
    ];
  }

  update(cut, mark) {
    for (const chip of this.chips.children) chip.setAttribute("aria-pressed", String(mark.reasons.includes(chip.dataset.code)));
    this.readSoon();
    this.rangeTold.hidden = this.room.page.gate?.kind === "storyboard"; // a panel is redrawn as a whole
    this.rangeTold.textContent = mark.frames ? `${koma(mark.frames[0], this.room.fps)} – ${koma(mark.frames[1], this.room.fps)} (${mark.frames[0]}-${mark.frames[1]})` : t("range_all");
    const clear = this.cutPart.querySelector('[data-act="range-clear"]');
    if (clear) clear.hidden = !mark.frames;
    if (this.text !== document.activeElement && this.text.value !== mark.note) this.text.value = mark.note;
    if (this.pinList.contains(document.activeElement) && this.pinList.children.length === mark.pins.length) return;
    fill(this.pinList, mark.pins.map((pin, index) => this.pin(cut.number, pin, index)));
  }

  // ---- what the words will change, told while they are typed

  readSoon() {
    clearTimeout(this.readLater);
    this.readLater = setTimeout(() => this.readNow(), 300);
  }

  async readNow() {
    const { cut } = this.room;
    const target = this.reading;
    if (!cut || !target?.isConnected) return;
    const told = await this.read(cut);
    if (target !== this.reading || this.room.cut?.number !== cut.number) return;
    fill(target, told ? this.told(cut, told, true) : null);
  }

  /** What the server makes of the words; null while it cannot be asked: the decision itself is not held up by that. */
  async read(cut) {
    try {
      const remark = this.remark(cut);
      return await post(`/api/episodes/${this.room.id}/readings`, { gate: this.room.page.gate?.id ?? null, remark: { ...remark, pins: remark.pins.filter((pin) => pin.text.trim()) } });
    } catch {
      return null;
    }
  }

  told(cut, told, offer) {
    const lines = [
      told.changes.length ? h("p.good", { "data-told": "changes" }, `${t("will_change")}: ${told.changes.join(", ")}`) : null,
      told.problems.map((problem) => h("p.soft", {}, problem)),
      told.reads && !told.changes.length ? h("p.soft", {}, t("note_is_sent")) : null,
      told.heard ? null : h("p.warn", { "data-told": "unheard" }, t("unheard")),
    ];
    if (!offer) return lines;
    const pick = (words) => () => {
      this.room.say(cut.number, (mark) => (mark.note = [mark.note.trim(), words].filter(Boolean).join(spoken() === "ja" ? "、" : ", ")));
    };
    const words = told.offered[spoken()].map((said) => h("button.chip.small", { type: "button", "data-say": said, onclick: pick(said) }, said));
    return [...lines, h("details.offered", { open: !told.heard }, h("summary.soft", {}, t("can_be_said")), h("div.chips", {}, words))];
  }

  pin(number, pin, index) {
    const { room } = this;
    const label = t("pin_text", { n: index + 1, f: pin.frame + 1 });
    return h("li", {},
      h("button.small", { type: "button", onclick: () => room.tell("want-frame", { cut: number, frame: pin.frame }), title: t("go") }, `${index + 1} · ${koma(pin.frame, room.fps)}`),
      h("input", { type: "text", maxlength: "500", value: pin.text, "aria-label": label, placeholder: label, oninput: (event) => room.say(number, (mark) => (mark.pins[index].text = event.target.value), "typed") }),
      h("button.small", { type: "button", "aria-label": `${t("remove")}: ${label}`, onclick: () => room.say(number, (mark) => mark.pins.splice(index, 1)) }, icon("cross")));
  }

  focusPin({ number, label, mine }) {
    if (!mine || this.room.cut?.number !== number) return;
    this.pinList?.children[Number(label) - 1]?.querySelector("input")?.focus({ preventScroll: false });
  }

  focusNote() {
    const { room } = this;
    if (!room.cut) return;
    if (room.mark(room.cut.number).verdict !== "retake") room.tell("want-retake");
    this.text?.focus();
  }

  /** What was said about this cut at earlier reviews. */
  past(cut) {
    const { room } = this;
    const found = room.page.reviews.flatMap((review) => (review.remarks ?? []).filter((remark) => remark.cut === cut.number).map((remark) => ({ review, remark })));
    if (!found.length) return null;
    return h("details.past", { open: true }, h("summary", {}, t("notes_cut")), found.map(({ review, remark }) =>
      h("div", {}, h("p.soft", {}, `#${review.id} ${review.made_by} · ${moment(review.made_at, spoken())}`),
        h("p", {}, [remark.reasons.map(reason).join("、"), remark.note].filter(Boolean).join(" · ")),
        (remark.pins ?? []).map((pin) => h("p", {}, h("button.small", { type: "button", onclick: () => room.tell("want-frame", { cut: cut.number, frame: pin.frame }) }, koma(pin.frame, room.fps)), ` ${pin.text}`)))));
  }

  // ---- the whole

  drawWhole() {
    const { room } = this;
    const { gate, run, cuts } = room.page;
    if (!gate) {
      const told = run ? `${t("last_run")}: ${moment(run.made_at, spoken())} · ${t(`outcome_${run.outcome ?? ""}`)}` : "";
      fill(this.wholePart, h("h3", {}, t("nothing_waits")), h("p.soft", {}, t("nothing_told")), told ? h("p.soft", {}, told) : null);
      return;
    }
    const redo = room.retakes();
    const seen = cuts.filter((cut) => room.mark(cut.number).seen).length;
    const fine = cuts.filter((cut) => room.mark(cut.number).verdict === "ok").length;
    const words = redo.length === 0 ? t("send_approve") : redo.length === 1 ? t("send_retake_1") : t("send_retake", { n: redo.length });
    fill(this.wholePart,
      h("h3", {}, `${t(`gate_${gate.kind}`)} · ${t("round", { n: gate.round })}`),
      h("p.counts", {}, h("span", {}, t("of_seen", { n: seen, m: cuts.length })), h("span.ok", {}, `${t("fine")} ${fine}`), h("span.retake", {}, `${t("to_redo")} ${redo.length}`)),
      redo.length ? h("ul.redo", {}, redo.map((cut) => h("li", {}, h("button.number", { type: "button", onclick: () => room.tell("want-number", cut.number) }, cut.number), h("span", {}, summary(room, cut))))) : null,
      h("button.send", { type: "button", "data-act": "send", onclick: () => this.dialogs.confirm() }, h("span", {}, words), h("kbd", {}, "Ctrl Enter")));
    this.wholePart.querySelector(".send").className = redo.length ? "send back" : "send";
  }

  remark(cut) {
    const mark = this.room.mark(cut.number);
    const ranged = mark.frames && this.room.page.gate?.kind !== "storyboard"; // a panel is redrawn as a whole
    return { cut: cut.number, reasons: mark.reasons, note: mark.note, frames: ranged ? { start: mark.frames[0], stop: mark.frames[1] } : null, pins: mark.pins, strokes: mark.strokes };
  }
}
