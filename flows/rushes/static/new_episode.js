// Start an episode: choose or drop a script, see how it is read and what it will take, choose the look, start.

import { fill, h, say } from "./dom.js";
import { lasting } from "./run_line.js";
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { load, post, sendFile } from "./wire.js";

const GATES = ["script", "storyboard", "takes", "final"];
const SAMPLES = ["animatic", "house", "toy"];
const place = document.getElementById("new");
const chosen = { script: null, show: "", profile: "house", gates: [], takes: null };
const scripts = h("div.scripts");
const choices = h("div.choices");
const plan = h("section.plan", { "aria-live": "polite" });
const state = { project: null, plan: null, problem: "", filter: "", asked: 0 };

async function refresh() {
  try {
    state.project = await load("/api/project");
  } catch (problem) {
    say(problem.message, "bad");
  }
  draw();
}

function draw() {
  document.title = `${t("new_episode")} · Sakuga`;
  fill(place,
    h("header.top", {}, h("h1", {}, h("a.home", { href: "/", "aria-label": t("back") }, h("img", { src: "/static/mark.svg", alt: "", width: "28", height: "28" })), t("new_episode")),
      h("button.small", { type: "button", onclick: () => { speak(spoken() === "ja" ? "en" : "ja"); draw(); } }, t("language"))),
    h("div.new-body", {}, h("section", {}, h("h2", {}, t("script")), drop(), scripts), h("section", {}, choices, plan)));
  drawScripts();
  drawChoices();
  drawPlan();
}

// ---- the script

function drop() {
  const input = h("input", { type: "file", accept: ".fountain,.spmd,.fdx,.txt,.md", hidden: true, onchange: () => input.files[0] && sent(input.files[0]) });
  const zone = h("div.drop", {}, h("p", {}, t("drop")), h("button", { type: "button", onclick: () => input.click() }, t("pick_file")), input);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files[0]) sent(event.dataTransfer.files[0]);
  });
  return zone;
}

async function sent(file, replace = false) {
  const address = `/api/scripts?name=${encodeURIComponent(file.name)}${replace ? "&replace=yes" : ""}`;
  try {
    const kept = await sendFile(address, file);
    await refresh();
    choose(kept.path);
  } catch (problem) {
    const again = problem.message.includes("is another script") && !replace;
    state.plan = null;
    state.problem = problem.message;
    drawPlan(again ? h("button", { type: "button", "data-act": "replace", onclick: () => sent(file, true) }, t("replace_script")) : null);
  }
}

function drawScripts() {
  const all = state.project?.scripts ?? [];
  const shown = all.filter((item) => `${item.path} ${item.title}`.toLowerCase().includes(state.filter.toLowerCase()));
  const search = h("input", { type: "text", value: state.filter, "aria-label": t("search"), placeholder: t("search"), oninput: () => { state.filter = search.value; drawList(list); } });
  const list = h("ul", {}, shown.map(scriptItem));
  fill(scripts, all.length > 8 ? search : null, all.length ? list : h("p.soft", {}, state.project ? t("no_scripts") : t("loading")));
}

function drawList(list) {
  const all = state.project?.scripts ?? [];
  fill(list, all.filter((item) => `${item.path} ${item.title}`.toLowerCase().includes(state.filter.toLowerCase())).map(scriptItem));
}

function scriptItem(item) {
  const made = item.episode;
  return h("li", {}, h("button.script", { type: "button", "data-script": item.path, "aria-pressed": String(item.path === chosen.script), disabled: Boolean(item.problem), onclick: () => choose(item.path) },
    h("b", {}, item.title), h("span.soft", {}, item.path),
    item.problem ? h("span.warn", {}, item.problem) : null,
    made ? h("span.soft", {}, `${made.cuts} ${t("cuts")} · ${t("last_run")} ${moment(made.worked_at, spoken())} · ${t(`outcome_${made.outcome}`)}`) : h("span.soft", {}, t("never_made"))));
}

function choose(path) {
  chosen.script = path;
  for (const button of scripts.querySelectorAll("[data-script]")) button.setAttribute("aria-pressed", String(button.dataset.script === path));
  ask();
}

// ---- the choices

function drawChoices() {
  if (!state.project) return fill(choices);
  const { looks, shows } = state.project;
  const show = h("select", { id: "show", onchange: () => set("show", show.value) },
    h("option", { value: "" }, t("show_beside")), shows.map((item) => h("option", { value: item.ref, selected: item.ref === chosen.show }, item.ref)));
  const takes = h("select", { id: "takes", onchange: () => set("takes", takes.value ? Number(takes.value) : null) },
    h("option", { value: "" }, t("takes_usual")), [1, 2, 3, 4].map((number) => h("option", { value: String(number), selected: number === chosen.takes }, String(number))));
  fill(choices,
    h("fieldset.looks", {}, h("legend", {}, t("look")), looks.map(look)),
    h("fieldset", {}, h("legend", {}, t("stops_at")), GATES.map((gate) => {
      const box = h("input", { type: "checkbox", checked: chosen.gates.includes(gate), "data-gate": gate, onchange: () => set("gates", GATES.filter((one) => (one === gate ? box.checked : chosen.gates.includes(one)))) });
      return h("label.check", {}, box, t(`gate_${gate}`));
    })),
    h("p.field", {}, h("label", { for: "show" }, t("show")), show), h("p.field", {}, h("label", { for: "takes" }, t("takes_each")), takes));
}

function look(item) {
  const sample = SAMPLES.includes(item.ref) ? h("img", { src: `/static/look-${item.ref}.webp`, alt: "", width: "480", height: "270" }) : h("div.nopanel", {}, t("no_sample"));
  const radio = h("input", { type: "radio", name: "look", value: item.ref, checked: item.ref === chosen.profile, disabled: Boolean(item.problem), onchange: () => set("profile", item.ref) });
  return h("label.look", { "data-look": item.ref }, sample, h("span", {}, radio, h("b", {}, item.name), item.size ? h("span.soft", {}, ` ${item.size}`) : null),
    h("span.soft", { lang: "en" }, item.about), item.problem ? h("span.warn", { lang: "en" }, item.problem) : null);
}

function set(name, value) {
  chosen[name] = value;
  ask();
}

// ---- what it will take

async function ask() {
  if (!chosen.script) return;
  const asked = ++state.asked;
  state.problem = "";
  fill(plan, h("p.soft", {}, t("reading_script")));
  try {
    const told = await post("/api/plans", chosen);
    if (asked !== state.asked) return;
    state.plan = told;
  } catch (problem) {
    if (asked !== state.asked) return;
    state.plan = null;
    state.problem = problem.message;
  }
  drawPlan();
}

function drawPlan(more = null) {
  if (state.problem) return fill(plan, h("p.problem", { role: "alert" }, state.problem), more);
  const told = state.plan;
  if (!told) return fill(plan, h("p.soft", {}, t("choose_script")));
  const row = (name, value) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, value));
  fill(plan,
    h("h2", { lang: told.language }, told.title),
    h("dl.facts", {},
      row("cuts", `${told.cuts} · ${told.lines} ${t("lines")}`), row("film_length", told.time),
      row("time_needed", told.work_s === null ? t("not_measured") : `${t("about", { time: lasting(told.work_s) })} (${t(told.measured === "profile" ? "by_profile" : "by_runs")})`),
      told.vram_gb ? row("memory", `${told.vram_gb} GB GPU`) : null,
      row("money", t(told.free ? "money_none" : "money_server")), row("cast", told.cast.join(", ") || "—")),
    told.notices.length ? h("details.notices", { open: true }, h("summary", {}, t("notices", { n: told.notices.length + told.more })), h("ul", { lang: "en" }, told.notices.map((line) => h("li", {}, line)), told.more ? h("li", {}, t("and_more", { n: told.more })) : null)) : h("p.fine", {}, t("read_well")),
    h("button.send", { type: "button", "data-act": "start", onclick: start }, t("start")));
}

async function start(event) {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    const { episode } = await post("/api/runs", chosen);
    fill(plan, h("p", { role: "status" }, t("starting")));
    await begun(episode);
  } catch (problem) {
    state.problem = problem.message;
    drawPlan();
  }
}

/** Wait until the run has begun, then show its page; a run that ends before is told here. */
async function begun(episode) {
  for (;;) {
    const { begun: there, problem } = await load(`/api/runs/${episode}`);
    if (problem) throw new Error(problem);
    if (there || (await finished(episode))) return location.assign(`/episodes/${episode}`);
    await new Promise((wait) => setTimeout(wait, 700));
  }
}

const since = Date.now();

async function finished(episode) {
  const { episodes } = await load("/api/episodes");
  const item = episodes.find((one) => one.id === episode);
  return Boolean(item?.outcome && new Date(item.worked_at).getTime() > since);
}

speak(spoken());
draw();
refresh();
