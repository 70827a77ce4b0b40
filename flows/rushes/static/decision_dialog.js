// The dialogs that record something: the decision of a review, or an order for one cut while nothing waits.

import { fill, h, say } from "./dom.js";
import { remember, signature } from "./parts.js";
import { moment } from "./time.js";
import { reason, spoken, t } from "./words.js";
import { post } from "./wire.js";

export class DecisionDialog {
  /** panel: where remarks are written; it brings up what is missing. */
  constructor(room, panel) {
    this.room = room;
    this.panel = panel;
    this.dialog = h("dialog.confirm", { "aria-labelledby": "confirm" });
    document.body.append(this.dialog);
  }

  /** The decision as it would be recorded. */
  decision(verdict) {
    const { room } = this;
    const marks = room.page.cuts.map((cut) => [cut, room.mark(cut.number)]);
    const retake = verdict === "retake";
    return {
      verdict,
      remarks: marks.filter(([, mark]) => retake && mark.verdict === "retake").map(([cut]) => this.panel.remark(cut)),
      choices: marks.filter(([cut, mark]) => mark.choice !== null && mark.choice !== cut.selected).map(([cut, mark]) => ({ cut: cut.number, take: mark.choice })),
      locks: marks.filter(([cut, mark]) => mark.lock !== null && mark.lock !== cut.locked).map(([cut, mark]) => ({ cut: cut.number, locked: mark.lock })),
      note: room.draft.note,
    };
  }

  /** While nothing waits: one cut's retake, choice or unlocking, done at once. */
  wish(kind) {
    const { room } = this;
    const cut = room.cut;
    const take = cut && room.take(cut);
    if (!cut || (kind !== "retake" && !take)) return;
    if (kind === "retake" && (!this.reasoned([cut]) || !this.worded([cut]))) return;
    const why = h("textarea", { rows: "2", maxlength: "2000", required: true });
    const name = h("input", { type: "text", maxlength: "80", required: true, autocomplete: "name", value: signature() });
    const problem = h("p.problem", { role: "alert" });
    const send = async () => {
      const by = name.value.trim();
      const lacking = kind !== "retake" && !why.value.trim() ? "wants_why" : by ? "" : "wants_name";
      if (lacking) {
        problem.textContent = t(lacking);
        (lacking === "wants_why" ? why : name).focus();
        return;
      }
      remember(by);
      const wish = { wish: kind, cut: cut.number, by, why: why.value, take: kind === "choose" ? take.number : null, remark: kind === "retake" ? this.panel.remark(cut) : null };
      try {
        await post(`/api/episodes/${room.id}/wishes`, wish);
        this.dialog.close();
        if (kind === "retake") room.say(cut.number, (mark) => Object.assign(mark, { verdict: null, reasons: [], note: "", frames: null, pins: [], strokes: [] }));
        say(t(`wished_${kind}`, { cut: cut.number, n: take?.number }), "good");
      } catch (refusal) {
        problem.textContent = `${refusal.message} ${t("kept")}`;
      }
      room.tell("want-page");
    };
    fill(this.dialog,
      h("h2", { id: "confirm" }, t(`wish_${kind}`, { cut: cut.number, n: take?.number })),
      kind === "retake" ? h("p", {}, summary(room, cut)) : h("label", {}, t("why"), why),
      h("label", {}, t("signed"), name), problem,
      h("div.row", {}, h("button.send", { type: "button", "data-act": "record", onclick: send }, t("send")), h("button", { type: "button", onclick: () => this.dialog.close() }, t("cancel"))));
    this.dialog.showModal();
    (kind !== "retake" ? why : name.value ? this.dialog.querySelector("[data-act=record]") : name).focus();
  }

  /** Whether each of these cuts has a reason; the first that lacks one is brought up. */
  reasoned(cuts) {
    const lacking = cuts.find((cut) => !this.room.mark(cut.number).reasons.length);
    if (!lacking) return true;
    this.room.tell("want-number", lacking.number);
    say(t("wants_reason", { cut: lacking.number }), "bad");
    this.panel.chips?.firstChild?.focus();
    return false;
  }

  /** Whether each pin says something. */
  worded(cuts) {
    const silent = cuts.find((cut) => this.room.mark(cut.number).pins.some((pin) => !pin.text.trim()));
    if (!silent) return true;
    this.room.tell("want-number", silent.number);
    say(t("wants_words", { cut: silent.number }), "bad");
    [...(this.panel.pinList?.querySelectorAll("input") ?? [])].find((input) => !input.value.trim())?.focus();
    return false;
  }

  confirm() {
    const { room } = this;
    if (!this.panel.open) return;
    const redo = room.retakes();
    if (!this.reasoned(redo) || !this.worded(redo)) return;
    const { gate } = room.page;
    const script = gate.kind === "script"; // sent back as a whole, with a note
    const decision = this.decision(redo.length ? "retake" : "approve");
    const name = h("input", { type: "text", maxlength: "80", required: true, autocomplete: "name", value: signature() });
    const whole = h("textarea", { rows: "2", maxlength: "4000", value: room.draft.note, oninput: () => room.note(whole.value) });
    const problem = h("p.problem", { role: "alert" });
    const send = (verdict) => this.record(gate, { ...this.decision(verdict), note: whole.value }, name, problem);
    const list = (title, items) => (items.length ? [h("h3", {}, title), h("ul.redo", {}, items)] : null);
    fill(this.dialog,
      h("h2", { id: "confirm" }, t("confirm")),
      h("p", {}, `${t(`gate_${gate.kind}`)} · ${t("round", { n: gate.round })}`, h("span.soft", {}, `  ${t("saw")} ${gate.seen.slice(0, 12)}`)),
      list(t("retakes"), redo.map((cut) => this.redoneAs(cut))) ?? h("p.fine", {}, t("nothing_marked")),
      redo.length || script ? null : this.notLookedAt(),
      !redo.length && ["takes", "final"].includes(gate.kind) ? h("p.soft", {}, t("locks_all")) : null,
      list(t("choices"), decision.choices.map((choice) => h("li", {}, h("b", {}, choice.cut), h("span", {}, `T${choice.take}`)))),
      list(t("locks"), decision.locks.map((lock) => h("li", {}, h("b", {}, lock.cut), h("span", {}, lock.locked ? t("lock") : t("unlock"))))),
      h("label", {}, t("overall"), whole), h("label", {}, t("signed"), name), problem,
      h("div.row", {},
        h("button.send", { type: "button", "data-act": "record", onclick: () => send(decision.verdict) }, decision.verdict === "approve" ? t("send_approve") : t("send")),
        script && !redo.length ? h("button.send.back", { type: "button", "data-act": "send-back", onclick: () => send("retake") }, t("send_script")) : null,
        h("button", { type: "button", onclick: () => this.dialog.close() }, t("cancel")),
        h("details.stop", {}, h("summary", {}, t("send_stop")), h("p.soft", {}, t("stop_told")), h("button.small", { type: "button", "data-act": "stop", onclick: () => send("stop") }, t("send_stop")))));
    this.dialog.querySelector("[data-act=record]").className = decision.verdict === "approve" ? "send" : "send back";
    this.dialog.showModal();
    (name.value ? this.dialog.querySelector("[data-act=record]") : name).focus();
  }

  /** What is approved without having been looked at, and what of it is not as it will be. */
  notLookedAt() {
    const { room } = this;
    const { cuts } = room.page;
    const told = [
      ["unseen_cuts", cuts.filter((cut) => !room.mark(cut.number).seen && room.mark(cut.number).verdict !== "ok")],
      ["stale_cuts", cuts.filter((cut) => cut.stale)],
      ["edited_cuts", cuts.filter((cut) => cut.edited)],
    ].filter(([, found]) => found.length);
    if (!told.length) return null;
    const seen = t("of_seen", { n: cuts.length - (told[0][0] === "unseen_cuts" ? told[0][1].length : 0), m: cuts.length });
    return h("div.not-seen", { role: "note" }, h("p", {}, h("b", {}, seen)), told.map(([name, found]) => h("p", { "data-told": name }, t(name, { cuts: numbers(found) }))));
  }

  /** A cut to do again in the dialog, with what its words will change. */
  redoneAs(cut) {
    const told = h("div.reading");
    this.panel.read(cut).then((found) => found && fill(told, this.panel.told(cut, found, false)));
    return h("li", {}, h("b", {}, cut.number), h("span", {}, summary(this.room, cut), told));
  }

  async record(gate, decision, name, problem) {
    const by = name.value.trim();
    if (!by) {
      problem.textContent = t("wants_name");
      name.focus();
      return;
    }
    remember(by);
    const { room } = this;
    const buttons = this.dialog.querySelectorAll("button");
    buttons.forEach((button) => (button.disabled = true));
    try {
      const review = await post(`/api/episodes/${room.id}/decisions`, { gate: gate.id, seen: gate.seen, by, decision });
      this.dialog.close();
      room.forget();
      document.activeElement?.blur();
      const told = t("recorded", { id: review.id, time: moment(review.made_at, spoken()) });
      say(review.warning ? `${told} ${review.warning}` : told, review.warning ? "bad" : "good");
      room.tell("want-page");
    } catch (refusal) {
      problem.textContent = `${refusal.message} ${t("kept")}`;
      room.tell("want-page");
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }
}

/** "C003, C004 and 12 more". */
const numbers = (cuts) => cuts.slice(0, 8).map((cut) => cut.number).join(", ") + (cuts.length > 8 ? ` ${t("and_more", { n: cuts.length - 8 })}` : "");

export function summary(room, cut) {
  const mark = room.mark(cut.number);
  const range = mark.frames ? `${mark.frames[0]}-${mark.frames[1]}` : "";
  const pins = mark.pins.length ? `${t("pin")} ${mark.pins.length}` : "";
  const drawn = mark.strokes.length ? t("drawn", { n: mark.strokes.length }) : "";
  return [mark.reasons.map(reason).join("、"), range, mark.note, pins, drawn].filter(Boolean).join(" · ");
}
