// What was decided before: by whom, when, through which door, about which picture.

import { signature } from "./parts.js";
import { fill, h, say } from "./dom.js";
import { moment } from "./time.js";
import { reason, spoken, t } from "./words.js";
import { load, post } from "./wire.js";

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
    this.versions = h("section.versions");
    fill(this.element, h("h2", {}, t("history")),
      reviews.length ? h("ol", {}, reviews.map((review) => this.review(review))) : h("p.soft", {}, t("no_history")),
      run ? h("p.soft", {}, `${t("last_run")}: ${moment(run.made_at, spoken())} · ${run.profile} · ${run.made_by} · ${t(`outcome_${run.outcome ?? ""}`)}`) : null,
      this.versions);
    this.drawVersions(this.versions);
  }

  /** The versions of the cut sheet: who changed what, and a way back to each. */
  async drawVersions(target) {
    try {
      const { versions } = await load(`/api/episodes/${this.room.id}/versions`);
      if (target !== this.versions) return;
      fill(target, h("h3", {}, t("versions")), versions.length ? h("ol", {}, versions.map((version, at) => this.version(version, at === 0))) : h("p.soft", {}, t("no_versions")));
    } catch (problem) {
      fill(target, h("p.soft", {}, problem.message));
    }
  }

  version(version, now) {
    const changes = version.first ? t("first_version") : version.changes.join(", ") || t("same_again");
    return h("li", {},
      h("p.head", {}, h("b", {}, t("version", { n: version.version })), " ", now ? h("span.badge.use", {}, t("in_use"))
        : h("button.small", { type: "button", "data-version": String(version.version), onclick: () => this.restore(version.version) }, t("use_again"))),
      h("p.soft", {}, `${version.by} · ${moment(version.at, spoken())}`),
      h("p", {}, changes, version.more ? h("span.soft", {}, ` ${t("and_more", { n: version.more })}`) : null));
  }

  async restore(number) {
    if (!signature()) return say(t("wants_name"), "bad");
    try {
      const done = await post(`/api/episodes/${this.room.id}/restores`, { version: number, by: signature() });
      say(t("restored", { n: done.version }), "good");
      this.room.tell("want-page");
      this.drawVersions(this.versions);
    } catch (problem) {
      say(problem.message, "bad");
    }
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
