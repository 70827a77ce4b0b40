// Candidates for a character's sheet, side by side: look, compare one view, enlarge, approve one or ask for others.

import { fill, h, meta, say } from "./dom.js";
import "./entrance.js";
import { enlarged, heading, remember, signature, signing } from "./parts.js";
import { runLine } from "./run_line.js";
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { load, post } from "./wire.js";

const place = document.getElementById("cast");
const which = meta("casting");
const VIEWS = ["sheet", "front", "three_quarter", "profile", "back", "face", "happy", "angry", "sad", "surprised"];
const state = { data: null, text: "", view: "sheet", picked: 0, note: "", by: signature(), problem: "", sending: false, done: null };
const address = which ? `/api/castings/${which}` : "/api/castings";

function draw() {
  document.title = `${title()} · Sakuga`;
  const body = state.data === null ? h("p.soft", {}, t("loading")) : which ? character() : people();
  fill(place,
    heading({ home: which ? ["/cast", "castings"] : ["/", "back"], title: title(), told: subtitle(), draw }),
    body);
}

const title = () => (which && state.data ? state.data.rounds[0].title : t("castings"));

function subtitle() {
  if (!which || !state.data) return null;
  const now = state.data.rounds[0];
  return h("span.soft", {}, [now.show, t("round", { n: now.round }), t("cast_by", { painter: now.painter, profile: now.profile })].join(" · "));
}

// ---- every character

function people() {
  if (!state.data.castings.length) return h("p.soft", {}, t("cast_none"));
  return h("ul.castings", {}, state.data.castings.map((item) => h("li", {}, h("a", { href: `/cast/${item.show}/${item.character}`, "data-character": item.character },
    h("img", { src: source(item.id, item.sheet, 480), alt: "", loading: "lazy" }),
    h("span.name", {}, item.title), h("span.soft", {}, [item.show, t("round", { n: item.round })].join(" · ")), sign(item)))));
}

function sign(item) {
  if (item.state === "open") return h("span.badge.retake", {}, t("waits"));
  if (item.verdict === "approve") return h("span.badge.ok", {}, t("verdict_approve"));
  return h("span.badge", {}, t(item.verdict ? `verdict_${item.verdict === "again" ? "retake" : item.verdict}` : "outcome_expired"));
}

const source = (id, sha, width) => `/castings/${id}/pictures/${sha}/${width}`;

// ---- one character

function character() {
  const now = state.data.rounds[0];
  return h("div.casting", { dataset: { state: now.state } },
    now.about ? h("p.about", {}, now.about) : null,
    now.note ? h("p.told", {}, `${t("cast_again_for")} ${now.note}`) : null,
    now.note && !now.reads ? h("p.hint", {}, t("cast_unread", { painter: now.painter })) : null,
    now.left_out.map((sentence) => h("p.hint", {}, sentence)),
    next(now), views(now), h("div.candidates", { dataset: { count: String(now.candidates.length), view: state.view } }, now.candidates.map((one) => candidate(now, one))),
    decision(now), earlier());
}

/** One button per view that any candidate has: all candidates then show that view, large. */
function views(now) {
  const there = VIEWS.filter((view) => view === "sheet" || now.candidates.some((one) => one.pictures[view]));
  return h("div.tabs", { role: "group", "aria-label": t("cast_views") }, there.map((view) => h("button", { type: "button", "aria-pressed": String(state.view === view), "data-view": view, onclick: () => { state.view = view; draw(); } }, t(`view_${view}`))));
}

function candidate(now, one) {
  const sha = state.view === "sheet" ? one.sheet : one.pictures[state.view];
  const chosen = now.decision?.candidate === one.number;
  const named = t("candidate", { n: one.number });
  const picture = sha
    ? h("button.picture-button", { type: "button", "aria-label": `${named}: ${t("cast_enlarge")}`, onclick: () => enlarge(now, one.number) }, h("img", { src: source(now.id, sha, 960), alt: `${now.title}, ${named}, ${t(`view_${state.view}`)}` }))
    : h("div.nopanel", {}, t("cast_no_view"));
  const pick = h("input", { type: "radio", name: "candidate", value: String(one.number), checked: state.picked === one.number, "aria-label": named, onchange: () => choose(one.number) });
  return h("article.candidate", { dataset: { candidate: String(one.number), picked: String(chosen || (now.state === "open" && state.picked === one.number)) } },
    picture,
    h("footer", {}, h("label", {}, now.state === "open" ? pick : null, h("b", {}, named)), h("span.soft", {}, `${t("seed")} ${one.seed}`), chosen ? h("span.badge.ok", {}, t("verdict_approve")) : null));
}

/** Only marks and the button change: pictures that are drawn again would flash. */
function choose(number) {
  state.picked = number;
  for (const card of place.querySelectorAll(".candidate")) card.dataset.picked = String(Number(card.dataset.candidate) === number);
  const button = place.querySelector('[data-act="approve"]');
  button.disabled = false;
  button.textContent = t("cast_approve", { n: number });
}

function decision(now) {
  if (now.state !== "open") return h("section.verdict-told", {}, h("p", {}, outcome(now)), now.verdict === "approve" ? h("p.hint", {}, state.data.locked ? t("cast_in_bible", { file: state.data.locked }) : t("cast_not_here")) : null);
  const label = state.picked ? t("cast_approve", { n: state.picked }) : t("cast_pick_first");
  return h("section.deciding", {},
    signing(state, t("cast_note_hint")),
    h("div.row", {},
      h("button.send", { type: "button", "data-act": "approve", disabled: !state.picked || state.sending, onclick: () => send(now, { verdict: "approve", candidate: state.picked, note: state.note }) }, label),
      h("button", { type: "button", "data-act": "again", disabled: state.sending, onclick: () => send(now, { verdict: "again", candidate: 0, note: state.note }) }, t("cast_again"))),
    h("p.problem", { role: "alert" }, state.problem), h("p.hint", {}, t("cast_locks", { t: moment(now.until, spoken()) })));
}

function outcome(now) {
  if (!now.decision) return t(now.state === "withdrawn" ? "cast_withdrawn" : "cast_expired");
  const said = now.verdict === "approve" ? t("cast_approved", { n: now.decision.candidate }) : t(`verdict_${now.verdict === "again" ? "retake" : now.verdict}`);
  return [said, `${now.decision.by}, ${moment(now.decision.at, spoken())}`, now.decision.note].filter(Boolean).join(" · ");
}

/** The next round, above the pictures: how far its drawing is, or a button that begins it. */
function next(now) {
  const order = state.data.next;
  if (!order) return null;
  const otherwise = h("p.hint", {}, t(order.starts ? "cast_command_too" : "cast_command"), " ", h("code", {}, order.command));
  const bar = h("p.run-line", { role: "status" }, h("progress", { "aria-label": t("doing_sheet") }), h("span", {}, order.waits || t("starting")));
  const button = h("button.send", { type: "button", "data-act": "draw", disabled: state.sending, onclick: () => drawn(now) }, t(order.problem ? "try_again" : "cast_draw"));
  if (order.live) return h("section.next-round", {}, runLine(order.live));
  if (now.runs) return h("section.next-round", {}, h("p.hint", {}, t("cast_run_draws")));
  if (order.at_work) return h("section.next-round", {}, bar, order.waits ? otherwise : null);
  return h("section.next-round", {}, order.problem ? h("p.problem", { role: "alert" }, order.problem) : null, order.starts ? button : null, otherwise);
}

/** Have the next round drawn; it appears by itself. */
async function drawn(now) {
  state.sending = true;
  draw();
  try {
    await post(`${address}/rounds`, { casting: now.id });
  } catch (problem) {
    say(problem.message, "bad");
  }
  state.sending = false;
  await look();
  draw();
}

function earlier() {
  const rounds = state.data.rounds.slice(1);
  if (!rounds.length) return null;
  return h("details.past", {}, h("summary", {}, t("cast_earlier", { n: rounds.length })), rounds.map((item) => h("div.round-before", {}, h("p", {}, `${t("round", { n: item.round })}: ${outcome(item)}`),
    h("div.strip-of", {}, item.candidates.map((one) => h("img", { src: source(item.id, one.sheet, 480), alt: t("candidate", { n: one.number }), loading: "lazy" }))))));
}

async function send(now, what) {
  if (!state.by.trim()) {
    state.problem = t("wants_name");
    draw();
    return;
  }
  state.sending = true;
  draw();
  try {
    const done = await post(`${address}/decisions`, { casting: now.id, seen: now.seen, by: state.by, decision: what });
    remember(state.by);
    Object.assign(state, { picked: 0, note: "", problem: "" });
    const told = t(what.verdict === "approve" ? "cast_approved" : "verdict_retake", { n: what.candidate });
    say([told, ...done.notes].join(" "), what.verdict === "again" && done.notes.length ? "bad" : "good");
  } catch (problem) {
    state.problem = problem.message;
  }
  state.sending = false;
  await look();
  draw();
}

/** Arrow keys go through candidates and views, so that two can be flicked. */
function enlarge(now, first) {
  let number = first;
  const views = VIEWS.filter((view) => view === "sheet" || now.candidates.some((one) => one.pictures[view]));
  enlarged(t("cast_keys"), (side, down) => {
    const numbers = now.candidates.map((one) => one.number);
    number = numbers[(numbers.indexOf(number) + side + numbers.length) % numbers.length];
    state.view = views[(views.indexOf(state.view) + down + views.length) % views.length];
    const one = now.candidates.find((each) => each.number === number);
    const sha = state.view === "sheet" ? one.sheet : one.pictures[state.view];
    return [sha ? source(now.id, sha, "whole") : "", `${t("candidate", { n: number })} · ${t(`view_${state.view}`)}`];
  }, draw);
}

async function look() {
  try {
    const data = await load(address);
    const text = JSON.stringify(data);
    if (text === state.text) return;
    const first = which && data.rounds[0];
    if (first && state.data && state.data.rounds[0].id !== first.id) state.picked = 0;
    if (first && first.state === "open" && first.candidates.length === 1) state.picked ||= first.candidates[0].number;
    Object.assign(state, { data, text });
    if (!document.activeElement?.matches("textarea, input[type=text]")) draw();
  } catch (problem) {
    say(problem.message, "bad");
  }
}

speak(spoken());
draw();
await look();
for (;;) {
  await new Promise((wait) => setTimeout(wait, state.data?.next?.at_work ? 1000 : 4000));
  if (!document.hidden && !document.querySelector("dialog[open]")) await look();
}
