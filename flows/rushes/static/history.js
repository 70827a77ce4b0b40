// What was decided before: by whom, when, through which door, about which picture.

import { fill, h } from "./dom.js";
import { moment } from "./time.js";
import { reason, spoken, t } from "./words.js";

export class History {
  constructor(room) {
    this.room = room;
    this.element = h("section.history", { tabindex: "-1" });
    room.on("page language view", () => this.draw());
  }

  draw() {
    const { room } = this;
    if (room.view !== "history" || !room.page) return;
    const { reviews, run } = room.page;
    fill(this.element, h("h2", {}, t("history")),
      reviews.length ? h("ol", {}, reviews.map((review) => this.review(review))) : h("p.soft", {}, t("no_history")),
      run ? h("p.soft", {}, `${t("last_run")}: ${moment(run.made_at, spoken())} · ${run.profile} · ${run.made_by} · ${t(`outcome_${run.outcome ?? ""}`)}`) : null);
  }

  review(review) {
    return h("li", {},
      h("p.head", {}, h(`span.badge.${review.verdict === "approve" ? "ok" : review.verdict === "stop" ? "stale" : "retake"}`, {}, t(`verdict_${review.verdict}`)),
        h("b", {}, ` ${t(`gate_${review.gate}`)} · ${t("round", { n: review.round })}`)),
      h("p.soft", {}, [review.made_by, moment(review.made_at, spoken()), t(`door_${review.door ?? ""}`), `${t("saw")} ${review.seen.slice(0, 12)}`, `#${review.id}`].filter(Boolean).join(" · ")),
      review.note ? h("p", {}, review.note) : null,
      (review.remarks ?? []).map((remark) => h("p.remark", {},
        h("button.number", { type: "button", onclick: () => { this.room.tell("want-number", remark.cut); this.room.tell("want-view", "watch"); } }, remark.cut),
        h("span", {}, [remark.reasons.map(reason).join("、"), remark.frames ? `${remark.frames.start}-${remark.frames.stop}` : "", remark.note, ...(remark.pins ?? []).map((pin) => `${pin.frame}: ${pin.text}`)].filter(Boolean).join(" · ")))));
  }
}
