// The room of one episode: its parts put together, and what each wish of theirs does.

import { Board } from "./board.js";
import { Cuts } from "./cuts.js";
import { fill, h, meta, say } from "./dom.js";
import { Econte } from "./econte.js";
import { History } from "./history.js";
import { Keys } from "./keys.js";
import { Player } from "./player.js";
import { ReviewPanel } from "./review_panel.js";
import { downloads, ended, runLine } from "./run_line.js";
import { Room } from "./room.js";
import { Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { Wire } from "./wire.js";

const LOOKED_AT = 1200; // ms on screen after which a panel counts as seen
let looking = null;
const EVERY = 3000; // ms between two looks for something new

const room = new Room(meta("episode"));
const wire = new Wire(`/api/episodes/${room.id}`);
const player = new Player(room);
const stage = new Stage(room, player);
const strip = new Strip(room, player);
const cuts = new Cuts(room);
const econte = new Econte(room);
const board = new Board(room);
const past = new History(room);
const panel = new ReviewPanel(room, player);
const top = h("header.top");
const tabs = h("nav.views", { role: "group" });
const watch = h("div.watch", {}, stage.element, strip.element);
const body = h("div.body", {}, cuts.element, h("main", {}, watch, econte.element, board.element, past.element), panel.element);
const shell = document.getElementById("room");

// ---- what is shown

/** The shots of the way of watching that is chosen. */
function shots() {
  return room.mode === "reel" && room.page.reel ? reel() : byCut();
}

function byCut() {
  let start = 0;
  return room.page.cuts.map((cut) => {
    const take = room.take(cut);
    const frames = take?.frames ?? cut.frames;
    const heard = sounds(cut, frames);
    const url = take ? room.media(take.clip) : cut.panel ? room.thumb(cut.panel, 960) : null;
    const shot = { cut: cut.number, film: Boolean(take), url, frames, offset: 0, start, heard, sounds: heard.map((piece) => ({ ...piece, url: room.media(piece.sha) })) };
    start += frames;
    return shot;
  });
}

/** The soundtrack where it fits this cut, else its recorded lines. */
function sounds(cut, frames) {
  const { reel: whole } = room.page;
  if (whole?.sound && cut.span && cut.span.stop - cut.span.start === frames) return [{ sha: whole.sound, at: -cut.span.start, from: 0, to: frames }];
  return cut.dialogue.filter((line) => line.sound).map((line) => ({ sha: line.sound, at: line.at, from: line.at, to: Math.min(frames, line.at + Math.max(1, line.frames)) }));
}

/** The assembled episode, with its title and credits between and around the cuts. */
function reel() {
  const { reel: whole, cuts: all } = room.page;
  const placed = all.filter((cut) => cut.span).sort((a, b) => a.span.start - b.span.start);
  const found = [];
  let here = 0;
  const add = (cut, start, stop) =>
    found.push({ cut, film: true, url: room.media(whole.clip), frames: stop - start, offset: start, whole: whole.frames - start, start,
      heard: whole.sound ? [{ sha: whole.sound, at: -start, from: 0, to: stop - start }] : [] });
  for (const cut of placed) {
    if (cut.span.start > here) add(null, here, cut.span.start);
    add(cut.number, cut.span.start, cut.span.stop);
    here = cut.span.stop;
  }
  if (here < whole.frames) add(null, here, whole.frames);
  return found;
}

function rebuild(frame = player.frame) {
  const number = room.cut?.number;
  const list = shots();
  const index = list.findIndex((shot) => shot.cut === number);
  player.put(list, Math.max(0, index), index < 0 ? 0 : frame);
}

// ---- wishes

function goTo(number, frame = 0) {
  const index = player.shots.findIndex((shot) => shot.cut === number);
  if (index < 0) return;
  if (room.compared !== null && number !== room.cut?.number) compare(null);
  player.seek(index, frame);
}

function step(way) {
  const to = player.index + way;
  if (to >= 0 && to < player.shots.length) {
    if (room.compared !== null) compare(null);
    player.seek(to, 0);
  }
}

function look(number) {
  const cut = room.cut;
  if (!cut || !room.take(cut) || !cut.takes.some((take) => take.number === number)) return;
  room.viewing.set(cut.number, number);
  if (room.compared === number) compare(null);
  if (room.mode === "reel") room.mode = "cuts";
  rebuild();
  cuts.redo(cut.number);
}

function compare(number) {
  const cut = room.cut;
  const current = cut && room.take(cut);
  if (number === "before" && cut?.before) {
    room.compared = "before";
    player.against(null, room.thumb(cut.before, 960));
    return room.tell("compare");
  }
  const take = number === null ? null : cut?.takes.find((one) => one.number === number && one !== current);
  if (take && room.mode === "reel") setMode("cuts");
  room.compared = take?.number ?? null;
  player.against(take ?? null);
  room.tell("compare");
}

function toggleCompare() {
  if (room.compared !== null) return compare(null);
  const cut = room.cut;
  const current = cut && room.take(cut);
  const other = current && cut.takes.filter((take) => take !== current).at(-1);
  if (other) compare(other.number);
  else if (!current && cut?.before) compare("before");
}

function setMode(mode) {
  if (mode === "reel" && !room.page.reel) return;
  if (mode === "reel" && room.compared !== null) compare(null);
  player.pause();
  room.mode = mode;
  rebuild();
  room.tell("mode");
}

function mark(change) {
  const cut = room.cut;
  if (!cut || !player.shot?.cut) return;
  room.say(cut.number, (said) => change(said, cut));
}

const ok = () => {
  const cut = room.cut;
  if (!room.page.gate) return;
  let on = false;
  mark((said) => { on = said.verdict !== "ok"; said.verdict = on ? "ok" : null; });
  if (on && cut) step(1);
};
const redo = () => {
  const cut = room.cut;
  if (cut && room.locked(cut) && room.mark(cut.number).verdict !== "retake") return say(t("redo_locked"), "bad");
  mark((said) => (said.verdict = said.verdict === "retake" ? null : "retake"));
};
// While nothing waits, a take is chosen or unlocked at once; at a review it is part of the decision.
const lock = () => (room.page.gate ? mark(turn) : panel.dialogs.wish(room.cut?.locked ? "unlock" : "choose"));
const use = () => (room.page.gate ? mark(choose) : panel.dialogs.wish("choose"));
const turn = (said, cut) => {
  if (!room.take(cut)) return;
  const to = !(said.lock ?? cut.locked);
  said.lock = to === cut.locked ? null : to;
  if (to && said.verdict === "retake") said.verdict = null;
};
const choose = (said, cut) => {
  const take = room.take(cut);
  if (take && !room.locked(cut)) said.choice = take.number === cut.selected ? null : take.number;
};
const ranged = (change) => room.page.gate?.kind !== "storyboard" && mark(change); // a panel is redrawn as a whole
const from = () => ranged((said, cut) => {
  const stop = said.frames && said.frames[1] > player.frame ? said.frames[1] : (room.take(cut)?.frames ?? cut.frames);
  said.frames = [player.frame, stop];
  said.verdict = "retake";
});
const until = () => ranged((said) => {
  const start = said.frames && said.frames[0] <= player.frame ? said.frames[0] : 0;
  said.frames = [start, player.frame + 1];
  said.verdict = "retake";
});

function show(view) {
  room.view = view;
  drawTop();
  room.tell("view");
}

function loop() {
  player.looped = !player.looped;
  room.tell("playing");
}

room.on("want-mode", setMode);
room.on("want-cut", step);
room.on("want-number", (number) => goTo(number));
room.on("want-frame", ({ cut, frame }) => { player.pause(); goTo(cut, frame); });
room.on("want-take", look);
room.on("want-use", use);
room.on("want-compare", (number) => (number ? compare(number) : toggleCompare()));
room.on("want-loop", loop);
room.on("want-ok", ok);
room.on("want-retake", redo);
room.on("want-lock", lock);
room.on("want-in", from);
room.on("want-out", until);
room.on("want-view", show);
room.on("want-page", () => ask());
room.on("shot", () => {
  const number = player.shot?.cut;
  if (number && location.hash !== `#${number}`) history.replaceState(null, "", `#${number}`);
});
room.on("shot page", () => {
  const number = player.shot?.cut;
  clearTimeout(looking);
  if (!number || player.shot.film || !player.shot.url || !room.page.gate || room.mark(number).seen) return;
  looking = setTimeout(() => !document.hidden && room.view === "watch" && room.say(number, (said) => (said.seen = true), "typed"), LOOKED_AT);
});
room.on("frame", () => {
  const number = player.shot?.cut;
  if (!number || room.mark(number).seen || !room.page.gate || player.frame < player.shot.frames - 2) return;
  room.say(number, (said) => (said.seen = true), "typed");
});

const keys = new Keys({
  " ": () => player.toggle(),
  ArrowLeft: () => player.step(-1), ArrowRight: () => player.step(1),
  "Shift ArrowLeft": () => player.step(-Math.round(room.fps)), "Shift ArrowRight": () => player.step(Math.round(room.fps)),
  ArrowUp: () => step(-1), ArrowDown: () => step(1), "[": () => step(-1), "]": () => step(1),
  Home: () => player.shot && player.seek(player.index, 0), End: () => player.shot && player.seek(player.index, player.shot.frames - 1),
  j: () => player.shuttle(-1), k: () => player.pause(), l: () => player.shuttle(1),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => [String(number), () => look(number)])),
  t: use, c: toggleCompare, e: () => setMode(room.mode === "reel" ? "cuts" : "reel"),
  a: ok, r: redo, s: lock, i: from, o: until, n: () => panel.focusNote(), d: () => panel.editor.toggle(), p: () => { player.pause(); stage.pin(0.5, 0.5); },
  v: () => show({ watch: "econte", econte: "board", board: "history", history: "watch" }[room.view]), w: () => stage.nextComparison(), g: () => stage.drawing.toggle(),
  x: loop, m: () => player.mute(!player.sound.muted), f: () => stage.full(), "?": () => keys.help(), "Shift ?": () => keys.help(),
  send: () => panel.dialogs.confirm(),
});

// ---- the frame around it

function drawTop() {
  const { page } = room;
  document.title = `${page.title} · ${t("rushes")}`;
  document.body.dataset.view = room.view;
  const gate = page.gate;
  const read = top.querySelector(".notices")?.open ?? false;
  const listed = top.querySelector(".downloads")?.open ?? false;
  fill(top,
    h("a.home", { href: "/", "aria-label": t("back"), title: t("back") }, h("img", { src: "/static/mark.svg", alt: "", width: "24", height: "24" })),
    h("div.title", {}, h("h1", { lang: page.language }, page.title), h("span.soft", {}, `${page.id} · ${page.cuts.length} ${t("cuts")} · ${page.time}`)),
    tabs,
    h("p.gate", {}, gate
      ? [h("span.dot", { "aria-hidden": "true" }), h("b", {}, `${t(`gate_${gate.kind}`)} · ${t("round", { n: gate.round })}`), h("span", {}, t("waits")), gate.until ? h("span.soft", {}, t("until", { t: moment(gate.until, spoken()) })) : null]
      : h("span.soft", {}, page.live ? "" : t("stopped_waiting"))),
    downloads(page),
    h("div.tools", {}, h("button.small", { type: "button", onclick: () => keys.help() }, `${t("help")} ?`), h("button.small", { type: "button", "data-act": "language", onclick: other }, t("language"))));
  top.querySelector(".downloads")?.toggleAttribute("open", listed);
  top.querySelector(".gate").className = gate ? "gate waiting" : "gate";
  const notDone = page.live ? runLine(page.live) : ended(page, Boolean(meta("starts")), () => ask());
  if (notDone) top.append(notDone);
  if (page.notices.length) top.append(h("details.notices", { open: read }, h("summary", {}, t("notices", { n: page.notices.length })), h("ul", { lang: "en" }, page.notices.map((told) => h("li", {}, told)))));
  if (page.lacks.length) top.append(h("p.lacks", { role: "alert" }, page.lacks.join(" ")));
  fill(tabs, [["watch", "watch"], ["econte", "econte"], ["board", "board"], ["history", "history"]].map(([view, name]) =>
    h("button", { type: "button", "aria-pressed": String(room.view === view), "data-view": view, onclick: () => show(view) }, t(name))));
}

function other() {
  speak(spoken() === "ja" ? "en" : "ja");
  drawTop();
  room.tell("language");
}

// ---- what is new

let asking = null;
let lost = false;

function ask() {
  return (asking ??= asked().finally(() => (asking = null)));
}

async function asked() {
  try {
    const page = await wire.fetch();
    if (lost) say(t("again"), "good");
    lost = false;
    if (page) taken(page);
  } catch (problem) {
    if (!room.page) fill(shell, h("main.refusal", {}, h("p", { role: "alert" }, `${t("load_failed")} ${problem.message}`)));
    else if (!lost) say(t("lost"), "bad");
    lost = true;
  }
}

/** New data: the first paints the room, later ones change what changed. */
function taken(page) {
  const before = room.page;
  room.load(page);
  if (!before) {
    fill(shell, top, body);
    room.mode = page.reel && (!page.gate || page.gate.kind === "final") ? "reel" : "cuts";
    const wanted = page.cuts.findIndex((cut) => `#${cut.number}` === location.hash);
    if (wanted >= 0) room.at = wanted;
    if (page.gate?.kind === "script") room.view = "econte"; // there is nothing to watch yet
  } else if (room.mode === "reel" && !page.reel) room.mode = "cuts";
  if (room.compared !== null) compare(null);
  const anew = before && page.gate && before.gate?.id !== page.gate.id;
  if (anew) arrive();
  drawTop();
  if (before && !same(before, page)) player.pause();
  if (!before || anew || !same(before, page)) rebuild(before && !anew ? player.frame : 0);
  room.tell("page");
  if (!before || anew) room.tell("view");
  if (anew) say(t("new_gate", { gate: t(`gate_${page.gate.kind}`), round: t("round", { n: page.gate.round }) }), "good");
  else if (before && before.gate && !page.gate && Object.keys(room.draft.marks).length) say(t("decided_elsewhere"));
}

/** Another review is here: begin where there is something new to see. */
function arrive() {
  const { gate, cuts: all, reel: whole } = room.page;
  player.pause();
  room.view = gate.kind === "script" ? "econte" : "watch";
  room.mode = gate.kind === "final" && whole ? "reel" : "cuts";
  const [first] = room.redone();
  room.at = Math.max(0, all.findIndex((cut) => cut.number === first));
  player.shots = [];
}

/** Whether what is on screen may go on playing. */
function same(before, page) {
  const shown = (one) => JSON.stringify([one.reel, one.gate?.kind, one.cuts.map((cut) => [cut.number, cut.panel, cut.frames, cut.selected, cut.takes.map((take) => take.clip)])]);
  return shown(before) === shown(page);
}

speak(spoken());
ask();
setInterval(() => document.hidden || ask(), EVERY);
document.addEventListener("visibilitychange", () => document.hidden || ask());
addEventListener("hashchange", () => room.page && goTo(location.hash.slice(1)));
