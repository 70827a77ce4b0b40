// The picture, what is pinned to it, the buttons under it, and the takes of the cut.

import { fill, h } from "./dom.js";
import { Drawing } from "./drawing.js";
import { icon } from "./icons.js";
import { clock, koma } from "./time.js";
import { measure, spoken, t } from "./words.js";

const WAYS = ["beside", "wipe", "difference"];
const NEAR = 10; // frames over which a pin fades in and out again

export class Stage {
  constructor(room, player) {
    this.room = room;
    this.player = player;
    this.pins = h("div.pins");
    this.label = h("div.stamp", { "aria-hidden": "true" });
    this.none = h("p.empty-picture");
    this.drawing = new Drawing(room, player);
    player.screen.append(this.pins, this.drawing.element, this.none);
    this.pins.addEventListener("click", (event) => this.click(event));
    this.beside = h("div.stamp");
    player.second.append(this.beside);
    this.picture = h("div.picture", { role: "group", "aria-roledescription": "player" }, player.screen, player.second);
    this.buttons = h("div.transport", { role: "toolbar" });
    this.counter = h("div.counter", { "aria-live": "off" });
    this.takes = h("div.takes");
    this.element = h("section.stage", {}, this.picture, this.buttons, this.takes);
    room.on("frame", () => this.frame());
    room.on("shot marks page language mode compare", () => this.draw());
    room.on("playing drawing", () => this.controls());
    room.on("marks", () => this.drawing.on && this.controls());
  }

  draw() {
    const { room, player } = this;
    const [width, height] = room.page.size ?? [16, 9];
    this.picture.style.setProperty("--ratio", `${width} / ${height}`);
    this.picture.classList.toggle("pair", room.compared !== null && room.comparing === "beside");
    for (const way of ["wipe", "difference"]) this.picture.classList.toggle(way, room.compared !== null && room.comparing === way);
    const shot = player.shot;
    const held = shot && !shot.film;
    this.none.hidden = !held || Boolean(shot.url);
    this.none.textContent = room.page.cuts.length ? t("no_panel") : t("no_cuts");
    this.picture.setAttribute("aria-label", shot?.cut ? `${t("cut")} ${shot.cut}` : t("opening"));
    this.controls();
    this.tabs();
    this.frame();
  }

  controls() {
    const { room, player } = this;
    const key = `${spoken()} ${player.playing} ${player.looped} ${player.sound.muted} ${room.mode} ${Boolean(room.page.reel)} ${this.drawing.on} ${room.cut && room.mark(room.cut.number).strokes.length}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const button = (name, sign, act, given = {}) =>
      h("button.round", { type: "button", title: t(name), "aria-label": t(name), "data-act": name, onclick: act, ...given }, sign);
    const whole = room.page.reel
      ? h("div.switch", { role: "group", "aria-label": `${t("whole")} / ${t("by_cut")}` },
          ...[["reel", "whole"], ["cuts", "by_cut"]].map(([mode, name]) =>
            h("button", { type: "button", "aria-pressed": String(room.mode === mode), onclick: () => room.tell("want-mode", mode) }, t(name))))
      : null;
    fill(this.buttons,
      h("div.group", {},
        button("previous_cut", icon("previous_cut"), () => room.tell("want-cut", -1)),
        button("previous_frame", icon("previous_frame"), () => player.step(-1)),
        button(player.playing ? "pause" : "play", icon(player.playing ? "pause" : "play"), () => player.toggle(), { "data-act": "play" }),
        button("next_frame", icon("next_frame"), () => player.step(1)),
        button("next_cut", icon("next_cut"), () => room.tell("want-cut", 1))),
      this.counter,
      h("div.group.end", {},
        whole,
        button("draw", icon("pen"), () => this.drawing.toggle(), { "aria-pressed": String(this.drawing.on) }),
        this.drawing.on && room.cut && room.mark(room.cut.number).strokes.length ? button("undo_line", icon("undo"), () => this.drawing.undo()) : null,
        button("loop", icon("loop"), () => room.tell("want-loop"), { "aria-pressed": String(player.looped) }),
        button("sound", icon(player.sound.muted ? "silent" : "sound"), () => player.mute(!player.sound.muted), { "aria-pressed": String(!player.sound.muted) }),
        button("full", icon("full"), () => this.full())));
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.picture.requestFullscreen?.();
  }

  frame() {
    const { room, player } = this;
    const shot = player.shot;
    if (!shot) return fill(this.counter);
    const fps = room.fps;
    this.picture.dataset.cut = shot.cut ?? "";
    this.picture.dataset.frame = String(player.frame);
    fill(this.counter,
      h("strong", {}, shot.cut ?? "—"),
      h("span.koma", {}, `${koma(player.frame, fps)} / ${koma(shot.frames, fps)}`),
      h("span.soft", {}, clock(player.place, fps)),
      shot.cut && room.page.reel ? beside(`/episodes/${room.id}/why/${shot.cut}/${player.frame}`, "what_made_it") : null,
      shot.cut && room.page.reel ? beside(`/episodes/${room.id}/credentials#${shot.cut}`, "credentials") : null);
    this.drawPins();
  }

  /** Pins of this cut: those being written now, and those of earlier reviews. */
  drawPins() {
    const { room, player } = this;
    const number = player.shot?.cut;
    if (!number) return fill(this.pins);
    const mine = room.mark(number).pins.map((pin, index) => ({ ...pin, mine: true, label: String(index + 1) }));
    const earlier = earlierPins(room, number);
    fill(this.pins, [...earlier, ...mine].map((pin) => {
      const far = Math.abs(pin.frame - player.frame);
      if (far > NEAR && !player.shot.still) return null;
      const dot = h("button.pin", { type: "button", title: pin.text, "aria-label": `${t("pin_text", { n: pin.label, f: pin.frame + 1 })}: ${pin.text}`,
        onclick: (event) => { event.stopPropagation(); room.tell("want-frame", { cut: number, frame: pin.frame }); room.tell("want-pin", { number, label: pin.label, mine: pin.mine }); } },
        h("span", {}, pin.label), pin.text ? h("em", {}, pin.text) : null);
      dot.style.left = `${pin.x * 100}%`;
      dot.style.top = `${pin.y * 100}%`;
      dot.style.opacity = String(1 - (0.8 * far) / NEAR);
      dot.classList.toggle("earlier", !pin.mine);
      dot.classList.toggle("left", pin.x > 0.7);
      return dot;
    }));
  }

  /** A click on a running picture stops it; on a still one it pins a note there. */
  click(event) {
    const { player } = this;
    if (this.drawing.on) return;
    if (player.playing) {
      player.pause();
      return;
    }
    const box = this.pins.getBoundingClientRect();
    this.pin((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  pin(x, y) {
    const { room, player } = this;
    const number = player.shot?.cut;
    if (!number) return;
    const inside = (value) => Math.round(Math.max(0, Math.min(1, value)) * 10000) / 10000;
    const pin = { frame: Math.max(0, player.frame), x: inside(x), y: inside(y), text: "" };
    room.say(number, (mark) => {
      mark.pins.push(pin);
      mark.verdict = "retake";
    });
    room.tell("want-pin", { number, label: String(room.mark(number).pins.length), mine: true });
  }

  tabs() {
    const { room, player } = this;
    const cut = room.cut;
    if (!cut || !player.shot?.cut) return fill(this.takes);
    const current = room.take(cut);
    const mark = room.mark(cut.number);
    if (!current) {
      this.label.textContent = this.beside.textContent = "";
      if (room.compared === "before") this.named(t("after"), t("before"));
      return fill(this.takes, h("p.soft", {}, t(cut.takes.length ? "panel_held" : "no_take")), cut.before ? h("button.small", { type: "button", "data-act": "compare-before", "aria-pressed": String(room.compared === "before"), onclick: () => room.tell("want-compare", room.compared === "before" ? null : "before") }, t("before_and_after")) : null, this.ways());
    }
    const use = mark.choice ?? cut.selected;
    fill(this.takes,
      h("div.tabs", { role: "group", "aria-label": t("takes") }, cut.takes.map((take) =>
        h("button", { type: "button", "aria-pressed": String(take === current), onclick: () => room.tell("want-take", take.number), title: take.reason || null },
          h("b", {}, `T${take.number}`),
          take.number === use ? h("span.badge.use", {}, mark.choice !== null ? t("chosen") : t("shown")) : null,
          take.stale ? h("span.badge.stale", {}, t("stale")) : null))),
      current && current.number !== use && !room.locked(cut)
        ? h("button.small", { type: "button", onclick: () => room.tell("want-use") }, t("choose")) : null,
      cut.takes.length > 1
        ? h("label.compare", {}, h("input", { type: "checkbox", checked: room.compared !== null, onchange: () => room.tell("want-compare") }), t("compare"),
            room.compared !== null
              ? h("select", { "aria-label": t("compare"), onchange: (event) => room.tell("want-compare", Number(event.target.value)) },
                  cut.takes.filter((take) => take !== current).map((take) => h("option", { value: String(take.number), selected: take.number === room.compared }, `T${take.number}`)))
              : null)
        : null,
      this.ways(),
      current ? h("dl.measures", {}, measures(current, cut.takes.find((take) => take.number === room.compared))) : null);
    this.label.remove();
    if (room.compared !== null) this.named(`T${current.number}`, `T${room.compared}`);
    else this.beside.textContent = "";
  }

  named(first, second) {
    this.label.textContent = first;
    this.beside.textContent = second;
    this.player.screen.append(this.label);
  }

  /** How two pictures are compared; for the wipe, where the edge is. */
  ways() {
    const { room } = this;
    if (room.compared === null) return null;
    const edge = h("input.edge", { type: "range", min: "0", max: "100", value: String(this.wiped ?? 50), "aria-label": t("wipe_edge"), oninput: () => this.wipe(Number(edge.value)) });
    return h("div.ways", {}, h("div.switch", { role: "group", "aria-label": t("compare") }, WAYS.map((way) =>
      h("button", { type: "button", "data-way": way, "aria-pressed": String(room.comparing === way), onclick: () => this.way(way) }, t(`way_${way}`)))), room.comparing === "wipe" ? edge : null);
  }

  way(way) {
    this.room.comparing = way;
    this.wipe(this.wiped ?? 50);
    this.room.tell("compare");
  }

  nextComparison() {
    if (this.room.compared === null) this.room.tell("want-compare");
    else this.way(WAYS[(WAYS.indexOf(this.room.comparing) + 1) % WAYS.length]);
  }

  wipe(percent) {
    this.wiped = percent;
    this.picture.style.setProperty("--wipe", `${percent}%`);
  }
}

export function earlierPins(room, number) {
  return room.page.reviews.flatMap((review) =>
    (review.remarks ?? []).filter((remark) => remark.cut === number).flatMap((remark) =>
      (remark.pins ?? []).map((pin) => ({ ...pin, mine: false, label: `${review.id}` }))));
}

function measures(take, other) {
  return Object.entries(take.measures).map(([name, value]) =>
    h("div", {}, h("dt", {}, measure(name)), h("dd", {}, short(value), other?.measures[name] !== undefined ? h("span.soft", {}, ` / ${short(other.measures[name])}`) : null)));
}

const beside = (href, word) => h("a.why-link", { href, target: "_blank", rel: "noopener" }, t(word));
const short = (value) => String(Number(value.toPrecision(3)));
