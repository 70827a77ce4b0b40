// The first page: every episode, and what waits.

import { fill, h, say } from "./dom.js";
import "./entrance.js"; // a link with a ticket, opened by who is in already: it must not stay in the history
import { moment } from "./time.js";
import { spoken, speak, t } from "./words.js";
import { Wire } from "./wire.js";

const list = document.getElementById("list");
const wire = new Wire("/api/episodes");
let episodes = [];

function draw() {
  document.title = `${t("rushes")} · Sakuga`;
  fill(list,
    h("header.top", {}, h("h1", {}, h("img", { src: "/static/mark.svg", alt: "", width: "28", height: "28" }), t("rushes")),
      h("button.small", { type: "button", onclick: () => { speak(spoken() === "ja" ? "en" : "ja"); draw(); } }, t("language"))),
    episodes.length ? h("ul.episodes", {}, episodes.map(card)) : h("p.soft", {}, t("empty")));
}

function card(item) {
  const waits = item.gate ? h("span.badge.retake", {}, `${t(`gate_${item.gate.kind}`)} · ${t("round", { n: item.gate.round })} · ${t("waits")}`) : null;
  const picture = h("img", { src: `/episodes/${item.id}/poster`, alt: "", loading: "lazy", width: "480", height: "270" });
  picture.addEventListener("error", () => picture.replaceWith(h("div.nopanel", {}, t("no_panel"))));
  return h("li", {}, h("a", { href: `/episodes/${item.id}` }, picture,
    h("span.name", {}, item.title || item.id), h("span.soft", {}, [item.show, item.id].filter(Boolean).join(" · ")),
    h("span.soft", {}, `${t("updated")} ${moment(item.worked_at, spoken())} · ${t(`outcome_${item.outcome}`)}`), waits));
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
