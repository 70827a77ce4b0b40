// Several episodes, one film after the other: the rushes of a day, or a season.

import { fill, h, say } from "./dom.js";
import { spoken, speak, t } from "./words.js";
import { load } from "./wire.js";

const place = document.getElementById("playlist");
const wanted = location.hash.slice(1).split(",").filter((id) => /^[A-Za-z0-9_-]{1,64}$/.test(id));
const video = h("video", { controls: true, playsinline: true, preload: "auto", onended: () => show(at + 1, true) });
const list = h("ol.playing");
let items = [];
let at = 0;

function show(index, play) {
  if (index < 0 || index >= items.length) return;
  at = index;
  video.src = `/episodes/${items[at].id}/film`;
  if (play) video.play().catch(() => undefined);
  draw();
}

function draw() {
  document.title = `${t("playlist")} · Sakuga`;
  fill(list, items.map((item, index) => h("li", {}, h("button", { type: "button", "aria-current": String(index === at), "data-episode": item.id, onclick: () => show(index, true) }, item.title || item.id),
    h("a.soft", { href: `/episodes/${item.id}` }, t("open_room")))));
  fill(place,
    h("header.top", {}, h("h1", {}, h("a.home", { href: "/", "aria-label": t("back") }, h("img", { src: "/static/mark.svg", alt: "", width: "28", height: "28" })), t("playlist")),
      h("button.small", { type: "button", onclick: () => { speak(spoken() === "ja" ? "en" : "ja"); draw(); } }, t("language"))),
    items.length ? [video, list] : h("p.soft", {}, t("nothing_to_play")));
}

addEventListener("keydown", (event) => {
  if (event.target.closest("button, a, video")) return;
  const act = { " ": () => (video.paused ? video.play() : video.pause()), ArrowDown: () => show(at + 1, true), ArrowUp: () => show(at - 1, true) }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

speak(spoken());
try {
  const { episodes } = await load("/api/episodes");
  const known = new Map(episodes.filter((item) => item.film).map((item) => [item.id, item]));
  items = (wanted.length ? wanted : [...known.keys()]).map((id) => known.get(id)).filter(Boolean);
} catch (problem) {
  say(problem.message, "bad");
}
draw();
show(0, false);
