// A trained LoRA before anything uses it: held-out cuts without and with it, beside art it has not seen; a decision.

import { fill, h, meta, say } from "./dom.js";
import "./entrance.js";
import { enlarged, heading, remember, signature, signing } from "./parts.js";
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { load, post } from "./wire.js";

const place = document.getElementById("lora");
const which = meta("lora");
const address = which ? `/api/loras/${which}` : "/api/loras";
const READINGS = ["style", "nearer", "features", "identity", "legible", "motion"];
const state = { data: null, text: "", picked: null, note: "", by: signature(), problem: "", sending: false };

const title = () => (which && state.data ? state.data.name : t("loras"));
const source = (id, sha, width) => `/loras/${id}/pictures/${sha}/${width}`;

function draw() {
  document.title = `${title()} · Sakuga`;
  const body = state.data === null ? h("p.soft", {}, t("loading")) : which ? one(state.data) : all(state.data.loras);
  fill(place,
    heading({ home: which ? ["/loras", "loras"] : ["/", "back"], title: title(), told: subtitle(), draw }),
    body);
}

function subtitle() {
  if (!which || !state.data) return null;
  const now = state.data;
  const learnt = now.learnt ? t("lora_learnt", { n: now.learnt.generation, takes: now.learnt.takes, share: Math.round(now.learnt.share * 100) }) : "";
  return h("span.soft", {}, [now.subject, t("lora_painter", { painter: now.painter }), now.trigger && `${t("lora_trigger")} ${now.trigger}`, learnt].filter(Boolean).join(" · "));
}

// ---- every LoRA

function all(found) {
  if (!found.length) return h("p.soft", {}, t("lora_none"));
  return h("ul.castings", {}, found.map((item) => h("li", {}, h("a", { href: `/loras/${item.id}`, "data-lora": item.name },
    h("img", { src: source(item.id, item.picture, 480), alt: "", loading: "lazy" }),
    h("span.name", {}, item.name), h("span.soft", {}, `${item.subject} · ${moment(item.at, spoken())}`), sign(item)))));
}

function sign(item) {
  if (item.state === "waits") return h("span.badge.retake", {}, t("waits"));
  return item.state === "approved" ? h("span.badge.ok", {}, `${t("verdict_approve")} · ${item.strength}`) : h("span.badge", {}, t("lora_refused"));
}

// ---- one LoRA

function one(now) {
  return h("div.validation", { dataset: { state: now.state } }, now.gains ? null : h("p.told.bad", {}, t("lora_no_gain")), sheet(now), h("p.hint", {}, t("lora_meant")), decision(now));
}

const named = (column) => (column.kind === "without" ? t("lora_without") : column.kind === "now" ? t("lora_now", { n: column.strength }) : t("lora_strength", { n: column.strength }));
const told = (name, value) => (value === null || value === undefined ? "" : name === "nearer" ? `${Math.round(value * 100)} %` : value.toFixed(2));

function sheet(now) {
  const rows = READINGS.filter((name) => now.columns.some((column) => column[name] !== null && column[name] !== undefined));
  const heads = now.columns.map((column) => h("th", { scope: "col", "data-strength": String(column.strength), "data-picked": String(column.kind === "candidate" && column.strength === chosen(now)) },
    h("b", {}, named(column)), column.kind === "candidate" && column.strength === now.proposed && now.gains ? h("span.badge.lock", {}, t("lora_proposed")) : null));
  const art = (row) => now.art.works[row % now.art.works.length];
  return h("div.wide", {}, h("table.sheet-of", {},
    h("thead", {}, h("tr", {}, h("td"), heads, h("th", { scope: "col" }, h("b", {}, t("lora_art")), h("span.soft", {}, `${now.art.dataset} · ${t("lora_floor", { n: now.art.floor.toFixed(2) })}`))),
      rows.map((name) => h("tr.reading", {}, h("th", { scope: "row" }, t(`lora_${name}`)), now.columns.map((column) => h("td", {}, told(name, column[name]))), h("td")))),
    h("tbody", {}, now.cuts.map((cut, row) => h("tr", {}, h("th", { scope: "row" }, h("b", {}, cut.cut), h("span.soft", {}, cut.action)),
      now.columns.map((column, at) => h("td", {}, picture(now, row, at))), h("td.art", {}, h("img", { src: source(now.id, art(row), 480), alt: t("lora_art"), loading: "lazy" })))))));
}

function picture(now, row, at) {
  const what = `${now.cuts[row].cut}, ${named(now.columns[at])}`;
  return h("button.picture-button", { type: "button", "aria-label": `${what}: ${t("cast_enlarge")}`, onclick: () => enlarge(now, row, at) },
    h("img", { src: source(now.id, now.columns[at].pictures[row], 480), alt: what, loading: "lazy" }));
}

const chosen = (now) => (now.state === "approved" ? now.strength : now.state === "waits" ? state.picked ?? now.proposed : null);

function decision(now) {
  if (now.decision) {
    const said = now.state === "approved" ? t("lora_approved", { n: now.strength }) : t("lora_refused");
    const next = now.state === "approved" ? h("p", {}, t("lora_next"), " ", h("code", {}, `sakuga lora promote ${now.name} --show SHOW`)) : null;
    return h("section.verdict-told", {}, h("p", {}, [said, `${now.decision.by}, ${moment(now.decision.at, spoken())}`, now.decision.note].filter(Boolean).join(" · ")), next);
  }
  const strengths = now.columns.filter((column) => column.kind === "candidate").map((column) => h("label", {}, h("input", { type: "radio", name: "strength", value: String(column.strength), checked: column.strength === chosen(now), onchange: () => { state.picked = column.strength; draw(); } }), t("lora_strength", { n: column.strength })));
  return h("section.deciding", {},
    h("fieldset.strengths", {}, h("legend", {}, t("lora_pick")), strengths),
    signing(state, t("lora_note_hint")),
    h("div.row", {},
      h("button.send", { type: "button", "data-act": "approve", disabled: state.sending, onclick: () => send(now, "approve") }, t("lora_approve", { n: chosen(now) })),
      h("button", { type: "button", "data-act": "refuse", disabled: state.sending, onclick: () => send(now, "refuse") }, t("lora_refuse"))),
    h("p.problem", { role: "alert" }, state.problem), h("p.hint", {}, t("lora_stays")));
}

async function send(now, verdict) {
  const problem = !state.by.trim() ? t("wants_name") : verdict === "refuse" && state.note.trim().length < 3 ? t("lora_wants_reason") : "";
  if (problem) {
    state.problem = problem;
    draw();
    return;
  }
  state.sending = true;
  draw();
  try {
    const done = await post(`${address}/decisions`, { by: state.by, verdict, strength: verdict === "approve" ? chosen(now) : null, note: state.note });
    remember(state.by);
    Object.assign(state, { note: "", problem: "" });
    say([t(verdict === "approve" ? "lora_approved" : "lora_refused", { n: done.strength }), done.told].filter(Boolean).join(" "), "good");
  } catch (refused) {
    state.problem = refused.message;
  }
  state.sending = false;
  await look();
  draw();
}

/** Arrow keys go through columns and cuts, so that two can be flicked. */
function enlarge(now, row, at) {
  enlarged(t("lora_keys"), (side, down) => {
    at = (at + side + now.columns.length) % now.columns.length;
    row = (row + down + now.cuts.length) % now.cuts.length;
    return [source(now.id, now.columns[at].pictures[row], "whole"), `${now.cuts[row].cut} · ${named(now.columns[at])}`];
  });
}

async function look() {
  try {
    const data = await load(address);
    const text = JSON.stringify(data);
    if (text === state.text) return;
    Object.assign(state, { data, text });
    if (!document.activeElement?.matches("textarea, input[type=text]")) draw();
  } catch (problem) {
    say(problem.message, "bad");
  }
}

speak(spoken());
draw();
await look();
setInterval(() => document.hidden || document.querySelector("dialog[open]") || look(), 4000);
