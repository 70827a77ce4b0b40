// The first page: every episode, and what waits.

import { fill, h, meta, say } from "./dom.js";
import "./entrance.js"; // a link with a ticket, opened by who is in already: it must not stay in the history
import { atWork } from "./run_line.js";
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { Wire } from "./wire.js";

const list = document.getElementById("list");
const wire = new Wire("/api/episodes");
let episodes = [];

const picked = new Set();

function draw() {
  document.title = `${t("rushes")} · Sakuga`;
  const films = episodes.filter((item) => item.film).length;
  fill(list,
    h("header.top", {}, h("h1", {}, h("img", { src: "/static/mark.svg", alt: "", width: "28", height: "28" }), t("rushes")),
      h("div.tools", {},
        h("a.quiet", { href: "/cast" }, t("castings")),
        h("a.quiet", { href: "/loras" }, t("loras")),
        meta("starts") ? h("a.button", { href: "/new", "data-act": "new" }, t("new_episode")) : null,
        films > 1 ? h("button", { type: "button", "data-act": "playlist", onclick: play }, picked.size ? t("play_picked", { n: picked.size }) : t("play_all")) : null,
        h("button.small", { type: "button", onclick: () => { speak(spoken() === "ja" ? "en" : "ja"); draw(); } }, t("language")))),
    episodes.length ? h("ul.episodes", {}, episodes.map((item) => card(item, films > 1))) : h("p.soft", {}, t(meta("starts") ? "empty_starts" : "empty")));
}

const play = () => location.assign(`/playlist#${[...picked].join(",")}`);

function card(item, picks) {
  const waits = item.gate ? h("span.badge.retake", {}, `${t(`gate_${item.gate.kind}`)} · ${t("round", { n: item.gate.round })} · ${t("waits")}`) : null;
  const picture = h("img", { src: `/episodes/${item.id}/poster`, alt: "", loading: "lazy", width: "480", height: "270" });
  picture.addEventListener("error", () => picture.replaceWith(h("div.nopanel", {}, t("no_panel"))));
  const box = h("input", { type: "checkbox", checked: picked.has(item.id), "aria-label": t("pick", { title: item.title || item.id }), onchange: () => { if (box.checked) picked.add(item.id); else picked.delete(item.id); draw(); } });
  return h("li", {}, h("a", { href: `/episodes/${item.id}` }, picture,
    h("span.name", {}, item.title || item.id), h("span.soft", {}, [item.show, item.id].filter(Boolean).join(" · ")),
    h("span.soft", {}, item.live ? atWork(item.live) : `${t("updated")} ${moment(item.worked_at, spoken())} · ${t(`outcome_${item.outcome}`)}`), waits),
    picks && item.film ? h("label.pick", {}, box) : null);
}

async function look() {
  try {
    const data = await wire.fetch();
    if (data && JSON.stringify(data.episodes) !== JSON.stringify(episodes)) {
      episodes = data.episodes;
      draw();
    }
  } catch (problem) {
    say(problem.message, "bad");
  }
}

speak(spoken());
draw();
look();
setInterval(() => document.hidden || look(), 5000);
