// Time, drawn: the whole episode cut by cut, and the current cut frame by frame, with the sound under it.

import { h } from "./dom.js";
import { earlierPins } from "./stage.js";
import { clock, koma } from "./time.js";
import { t } from "./words.js";

const INK = { ground: "#242424", other: "#2b2b2b", line: "#3d3d3d", wave: "#5f6f78", voice: "#7c8ea0", head: "#f2f2f2", words: "#a8a8a8",
  retake: "#e2714f", ok: "#7fb287", lock: "#d8b65c", stale: "#a78bc9", range: "rgba(226,113,79,.22)" };
const PER_FRAME = 4;

export class Strip {
  constructor(room, player) {
    this.room = room;
    this.player = player;
    this.waves = new Map();
    this.whole = this.slider("strip.whole", (part) => player.to(Math.floor(part * player.frames)));
    this.cut = this.slider("strip.one", (part) => player.shot && player.seek(player.index, Math.floor(part * player.shot.frames)));
    this.element = h("section.strips", {}, this.whole, this.cut);
    room.on("frame shot marks page language playing mode", () => this.soon());
    const resized = new ResizeObserver(() => this.soon());
    for (const canvas of [this.whole, this.cut]) resized.observe(canvas);
    document.fonts?.addEventListener("loadingdone", () => this.soon()); // names are drawn, and a canvas waits for no font
  }

  slider(name, go) {
    const canvas = h(`canvas.${name}`, { role: "slider", tabindex: "0", "aria-valuemin": "0" });
    let held = false;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      this.player.pause();
      go(Math.max(0, Math.min(0.999999, (event.clientX - box.left) / box.width)));
    };
    canvas.addEventListener("pointerdown", (event) => { held = true; canvas.setPointerCapture(event.pointerId); at(event); });
    canvas.addEventListener("pointermove", (event) => held && at(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (held = false));
    return canvas;
  }

  /** One drawing per screen refresh, however much happens. */
  soon() {
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      if (this.room.page && this.player.shot) this.draw();
    });
  }

  draw() {
    const { room, player } = this;
    this.drawWhole(prepared(this.whole));
    this.drawCut(prepared(this.cut));
    const { fps } = room;
    for (const [canvas, name, now, most] of [[this.whole, t("whole"), player.place, player.frames], [this.cut, `${t("cut")} ${player.shot.cut ?? ""}`, player.frame, player.shot.frames]]) {
      canvas.setAttribute("aria-label", name);
      canvas.setAttribute("aria-valuemax", String(most - 1));
      canvas.setAttribute("aria-valuenow", String(now));
      canvas.setAttribute("aria-valuetext", canvas === this.whole ? clock(now, fps) : `${koma(now, fps)} / ${koma(most, fps)}`);
    }
  }

  drawWhole({ pen, width, height }) {
    const { room, player } = this;
    const scale = width / player.frames;
    pen.font = "11px system-ui, sans-serif";
    player.shots.forEach((shot, index) => {
      const left = shot.start * scale;
      const wide = shot.frames * scale;
      pen.fillStyle = index === player.index ? "#383838" : index % 2 ? INK.ground : INK.other;
      pen.fillRect(left, 0, wide, height);
      this.wave(pen, shot, 0, shot.frames, left, wide, height * 0.62, height * 0.3);
      pen.fillStyle = INK.line;
      pen.fillRect(left, 0, 1, height);
      const cut = shot.cut && room.find(shot.cut);
      if (!cut) return;
      pen.fillStyle = colour(room, cut) ?? "transparent";
      pen.fillRect(left + 1, height - 4, Math.max(1, wide - 1), 4);
      if (wide > 36) {
        pen.fillStyle = INK.words;
        pen.fillText(shot.cut, left + 5, 12);
      }
    });
    pen.fillStyle = INK.head;
    pen.fillRect(player.place * scale - 1, 0, 2, height);
  }

  drawCut({ pen, width, height }) {
    const { room, player } = this;
    const { shot, frame } = player;
    const step = width / shot.frames;
    const whole = Math.round(room.fps);
    pen.fillStyle = INK.ground;
    pen.fillRect(0, 0, width, height);
    const cut = shot.cut && room.find(shot.cut);
    const mark = cut && room.mark(cut.number);
    if (mark?.frames) {
      pen.fillStyle = INK.range;
      pen.fillRect(mark.frames[0] * step, 0, (mark.frames[1] - mark.frames[0]) * step, height);
    }
    this.wave(pen, shot, 0, shot.frames, 0, width, height * 0.58, height * 0.34);
    this.lines(pen, cut, step, height);
    pen.font = "10px system-ui, sans-serif";
    for (let at = 0; at < shot.frames; at += 1) {
      const second = at % whole === 0;
      if (!second && step < 4) continue;
      pen.fillStyle = second ? "#777" : INK.line;
      pen.fillRect(at * step, 0, 1, second ? 12 : 5);
      if (second && at > 0) pen.fillText(String(at / whole), at * step + 3, 11);
    }
    pen.fillStyle = "rgba(242,242,242,.16)";
    pen.fillRect(frame * step, 0, Math.max(2, step), height);
    pen.fillStyle = INK.head;
    pen.fillRect(frame * step, 0, 2, height);
    if (!cut) return;
    for (const pin of earlierPins(room, cut.number)) diamond(pen, (pin.frame + 0.5) * step, height - 7, "#9a9a9a", false);
    for (const pin of mark.pins) diamond(pen, (pin.frame + 0.5) * step, height - 7, INK.retake, true);
  }

  lines(pen, cut, step, height) {
    if (!cut) return;
    pen.font = "10px 'Sakuga', system-ui, sans-serif";
    for (const line of cut.dialogue) {
      if (!line.frames) continue;
      pen.fillStyle = "rgba(124,142,160,.28)";
      pen.fillRect(line.at * step, height - 18, line.frames * step, 14);
      pen.fillStyle = "#c3ccd4";
      pen.fillText(line.speaker, line.at * step + 4, height - 8);
    }
  }

  /** The sound of a stretch of frames: the soundtrack's, or that of the lines before there is one. */
  wave(pen, shot, from, to, left, wide, middle, half) {
    pen.fillStyle = INK.wave;
    for (const piece of shot.heard ?? []) {
      const peaks = this.peaks(piece.sha);
      if (!peaks) continue;
      const columns = Math.max(1, Math.floor(wide));
      for (let column = 0; column < columns; column += 1) {
        const first = from + (column / columns) * (to - from);
        const last = from + ((column + 1) / columns) * (to - from);
        if (first < piece.from || first >= piece.to) continue;
        const start = Math.max(0, Math.floor((first - piece.at) * PER_FRAME));
        const stop = Math.max(start + 1, Math.ceil((last - piece.at) * PER_FRAME));
        let loudest = 0;
        for (let at = start; at < stop && at < peaks.length; at += 1) if (peaks[at] > loudest) loudest = peaks[at];
        const tall = Math.max(0.5, Math.sqrt(loudest / 255) * half);
        pen.fillRect(left + column, middle - tall, 1, tall * 2);
      }
    }
  }

  peaks(sha) {
    if (!this.waves.has(sha)) {
      this.waves.set(sha, null);
      fetch(`/episodes/${this.room.id}/waveform/${sha}`)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : null))
        .then((bytes) => {
          this.waves.set(sha, bytes && new Uint8Array(bytes));
          this.soon();
        })
        .catch(() => this.waves.delete(sha));
    }
    return this.waves.get(sha);
  }
}

export function colour(room, cut) {
  const mark = room.mark(cut.number);
  if (mark.verdict === "retake") return INK.retake;
  if (room.locked(cut)) return INK.lock;
  if (mark.verdict === "ok") return INK.ok;
  if (cut.stale) return INK.stale;
  return null;
}

function prepared(canvas) {
  const box = canvas.getBoundingClientRect();
  const dense = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(box.width * dense), Math.round(box.height * dense)];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, box.width, box.height);
  return { pen, width: box.width, height: box.height };
}

function diamond(pen, x, y, ink, full) {
  pen.beginPath();
  pen.moveTo(x, y - 5);
  pen.lineTo(x + 5, y);
  pen.lineTo(x, y + 5);
  pen.lineTo(x - 5, y);
  pen.closePath();
  pen.fillStyle = pen.strokeStyle = ink;
  if (full) pen.fill();
  else pen.stroke();
}
