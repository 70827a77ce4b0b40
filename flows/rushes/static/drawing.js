// Lines drawn on a frame with a pen, a finger or a mouse; they are kept with the note, as pins are.

import { t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.004; // of the picture: nearer points add nothing that is seen
const MOST_POINTS = 200;
const MOST_STROKES = 40;
const NEAR = 10; // frames over which a drawing fades in and out again, as a pin does

export class Drawing {
  constructor(room, player) {
    this.room = room;
    this.player = player;
    this.on = false;
    this.element = document.createElementNS(SVG, "svg");
    this.element.classList.add("drawing");
    this.element.setAttribute("viewBox", "0 0 1000 1000");
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.addEventListener("pointerdown", (event) => this.begin(event));
    this.element.addEventListener("pointermove", (event) => this.extend(event));
    for (const end of ["pointerup", "pointercancel"]) this.element.addEventListener(end, () => this.end());
    room.on("frame shot marks page", () => this.draw());
  }

  toggle() {
    this.on = !this.on;
    if (this.on) this.player.pause();
    this.element.classList.toggle("on", this.on);
    this.room.tell("drawing");
  }

  point(event) {
    const box = this.element.getBoundingClientRect();
    const inside = (value) => Math.round(Math.max(0, Math.min(1, value)) * 10000) / 10000;
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  }

  begin(event) {
    if (!this.on || !this.player.shot?.cut) return;
    this.element.setPointerCapture(event.pointerId);
    this.line = [this.point(event)];
  }

  extend(event) {
    if (!this.line || this.line.length >= MOST_POINTS) return;
    const [x, y] = this.point(event);
    const [lastX, lastY] = this.line.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < STEP) return;
    this.line.push([x, y]);
    this.draw();
  }

  end() {
    const { line } = this;
    this.line = null;
    const number = this.player.shot?.cut;
    if (!line || line.length < 2 || !number) return this.draw();
    this.room.say(number, (mark) => {
      if (mark.strokes.length < MOST_STROKES) mark.strokes.push({ frame: Math.max(0, this.player.frame), points: line });
      mark.verdict = "retake";
    });
  }

  /** Take the last line of this cut back. */
  undo() {
    const number = this.player.shot?.cut;
    if (number) this.room.say(number, (mark) => mark.strokes.pop());
  }

  draw() {
    const { room, player } = this;
    const number = player.shot?.cut;
    if (!room.page || !number) return this.element.replaceChildren();
    const earlier = room.page.reviews.flatMap((review) => (review.remarks ?? []).filter((remark) => remark.cut === number).flatMap((remark) => remark.strokes ?? []));
    const lines = [...earlier.map((stroke) => this.path(stroke, "earlier")), ...room.mark(number).strokes.map((stroke) => this.path(stroke, "mine"))];
    if (this.line) lines.push(this.path({ frame: player.frame, points: this.line }, "mine"));
    this.element.replaceChildren(...lines.filter(Boolean));
    this.element.setAttribute("aria-label", t("drawing"));
  }

  path({ frame, points }, kind) {
    const far = Math.abs(frame - this.player.frame);
    if (far > NEAR && this.player.shot.film) return null;
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", points.map(([x, y]) => `${x * 1000},${y * 1000}`).join(" "));
    line.setAttribute("class", kind);
    line.style.opacity = String(this.player.shot.film ? 1 - (0.8 * far) / NEAR : 1);
    return line;
  }
}
