// What is being looked at, and what has been said about it so far. Marks are kept in this browser until they are
// recorded, per review: a closed lid or a server that was restarted loses none of them.

import { h } from "./dom.js";

const nothing = () => ({ verdict: null, reasons: [], note: "", frames: null, pins: [], strokes: [], choice: null, lock: null, seen: false });

export class Room extends EventTarget {
  constructor(id) {
    super();
    this.id = id;
    this.page = null;
    this.at = 0; // index of the current cut
    this.view = "watch";
    this.mode = "cuts";
    this.compared = null; // the other take, or "before" for the earlier panel, while two pictures are compared
    this.comparing = "beside"; // beside, wipe or difference
    this.viewing = new Map(); // the take looked at, where it is not the one in use
    this.draft = null;
  }

  tell(what, detail = null) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  on(what, then) {
    for (const name of what.split(" ")) this.addEventListener(name, (event) => then(event.detail));
  }

  /** New data; the draft of its review is taken up again. */
  load(page) {
    const current = this.cut?.number;
    const before = this.page?.gate;
    this.page = page;
    if (!this.draft || before?.id !== page.gate?.id) this.draft = this.carried(before) ?? this.recalled();
    this.at = Math.max(0, page.cuts.findIndex((cut) => cut.number === current));
  }

  get cut() {
    return this.page?.cuts[this.at] ?? null;
  }

  /** The cut that is on screen is the one everything else is about. */
  follow(number) {
    const at = this.page.cuts.findIndex((cut) => cut.number === number);
    if (at >= 0) this.at = at;
  }

  get fps() {
    return this.page.fps;
  }

  find(number) {
    return this.page.cuts.find((cut) => cut.number === number) ?? null;
  }

  mark(number) {
    return this.draft.marks[number] ?? nothing();
  }

  /** Change what is said about a cut, and keep it. */
  say(number, change, detail = null) {
    const mark = (this.draft.marks[number] ??= nothing());
    change(mark);
    this.keep();
    this.tell("marks", detail ?? number);
  }

  note(words) {
    this.draft.note = words;
    this.keep();
  }

  /** The take of a cut that is looked at: the one asked for, the one to be used, the one in use, or the last. */
  take(cut) {
    if (this.page.gate?.kind === "storyboard") return null; // the panels are what is asked about, whatever was moved before
    const wanted = this.viewing.get(cut.number) ?? this.mark(cut.number).choice ?? cut.selected;
    return cut.takes.find((take) => take.number === wanted) ?? cut.takes.at(-1) ?? null;
  }

  locked(cut) {
    return this.mark(cut.number).lock ?? cut.locked;
  }

  /** The cuts that were sent back in the round before this one: what there is to look at first. */
  redone() {
    const { gate, reviews } = this.page;
    const last = gate && reviews.find((review) => review.gate === gate.kind && review.round < gate.round);
    return new Set(last?.verdict === "retake" ? last.remarks.map((remark) => remark.cut) : []);
  }

  retakes() {
    return this.page.cuts.filter((cut) => this.mark(cut.number).verdict === "retake");
  }

  // ---- drafts

  get shelf() {
    return `sakuga:draft:${this.id}:${this.page.gate?.id ?? "none"}`;
  }

  /** The draft of a round that was withdrawn because something changed meanwhile goes on in the next one. */
  carried(before) {
    const { gate, reviews } = this.page;
    if (!before || !gate || gate.kind !== before.kind || !this.draft) return null;
    if (reviews.some((review) => review.gate === before.kind && review.round === before.round)) return null;
    if (!Object.keys(this.draft.marks).length && !this.draft.note) return null;
    this.keep();
    return this.draft;
  }

  recalled() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.shelf) ?? "null");
      if (kept?.marks) return { note: "", ...kept, marks: Object.fromEntries(Object.entries(kept.marks).map(([number, mark]) => [number, { ...nothing(), ...mark }])) };
    } catch {
      // nothing readable was kept
    }
    return { marks: {}, note: "" };
  }

  keep() {
    try {
      localStorage.setItem(this.shelf, JSON.stringify(this.draft));
    } catch {
      // a browser that keeps nothing still holds it in this page
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.shelf);
    } catch {
      // nothing was kept
    }
    this.draft = { marks: {}, note: "" };
    this.viewing.clear();
  }

  // ---- addresses

  media(sha256) {
    return `/episodes/${this.id}/media/${sha256}`;
  }

  thumb(sha256, width) {
    return `/episodes/${this.id}/thumbs/${sha256}/${width}`;
  }

  /** A small picture of a cut's panel, loaded when it comes into view. */
  picture(cut, width, alt) {
    const [w, hgt] = this.page.size ?? [16, 9];
    if (!cut.panel) return h("div.nopanel", { "aria-hidden": "true" }, "—");
    return h("img.thumb", { src: this.thumb(cut.panel, width), width: w, height: hgt, alt, loading: "lazy", decoding: "async" });
  }
}
