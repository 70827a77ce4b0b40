// What a run is at, in one line; why the last one ended; and the files there are to download.

import { h, say } from "./dom.js";
import { t } from "./words.js";
import { post } from "./wire.js";

/** "drawing C014, 27 of 75, about 3 min left". */
export function atWork(live) {
  const doing = live.step ? t(`doing_${live.step}`) : t("doing_");
  const place = live.of > 1 ? t("n_of_m", { n: Math.min(live.of, live.done + 1), m: live.of }) : "";
  return [[doing, live.name].filter(Boolean).join(" "), place, live.left_s === null ? "" : t("left", { time: lasting(live.left_s) })].filter(Boolean).join(", ");
}

/** A bar and the line, while a run is at work. */
export function runLine(live) {
  return h("p.run-line", { role: "status" }, h("progress", { max: String(Math.max(1, live.of)), value: live.done, "aria-label": t("doing_") }), h("span", {}, atWork(live)));
}

/** Why the last run ended, and a button that makes it go on. */
export function ended(page, starts, then) {
  const { run } = page;
  const unfinished = run && !page.gate && !page.live && ["failed", "refused", "stopped", "", null].includes(run.outcome);
  if (!unfinished || (!starts && !page.problem)) return null;
  const button = h("button.small", { type: "button", "data-act": "again", onclick: async () => {
    button.disabled = true;
    try {
      await post(`/api/episodes/${page.id}/runs`, {});
      say(t("ordered_again"), "good");
    } catch (problem) {
      say(problem.message, "bad");
    }
    button.disabled = false;
    then();
  } }, t("try_again"));
  return h("p.ended", { role: "alert" }, h("b", {}, t(`outcome_${run.outcome ?? ""}`)), page.problem ? ` ${page.problem} ` : " ", starts ? button : null);
}

/** Film, subtitles, timeline, stems: each a link that downloads it. */
export function downloads(page) {
  if (!page.files.length) return null;
  return h("details.downloads", {}, h("summary", {}, t("download")), h("ul", {}, page.files.map((file) =>
    h("li", {}, h("a", { href: `/episodes/${page.id}/files/${encodeURIComponent(file.name)}`, download: "" }, `${t(`file_${file.kind}`)} `, h("span.soft", {}, `${file.name} · ${size(file.bytes)}`))))));
}

/** A time in words: "40 s", "3 min", "2 h 10 min". */
export function lasting(seconds) {
  if (seconds < 90) return t("in_s", { n: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? t("in_min", { n: minutes }) : t("in_h", { h: Math.floor(minutes / 60), n: minutes % 60 });
}

const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`);
