// The small signs that say where a cut stands: the same ones in the list, on the econte and in the panel.

import { h } from "./dom.js";
import { t } from "./words.js";

export function signs(room, cut) {
  const mark = room.mark(cut.number);
  const found = [];
  if (mark.verdict === "retake") found.push(["retake", t("retake")]);
  if (mark.verdict === "ok") found.push(["ok", t("ok_cut")]);
  if (room.locked(cut)) found.push(["lock", t("locked")]);
  if (cut.edited) found.push(["edited", t("edited")]);
  if (cut.unlike) found.push(["unlike", t("unlike")]);
  if (cut.stale) found.push(["stale", t("stale")]);
  if (room.redone().has(cut.number)) found.push(["redone", t("redone_cut")]);
  if (cut.ordered !== null) found.push(["ordered", t("ordered")]);
  if (mark.choice !== null && mark.choice !== cut.selected) found.push(["use", `T${mark.choice}`]);
  return found.map(([kind, words]) => h(`span.badge.${kind}`, { title: kind === "ordered" ? cut.ordered : null }, words));
}

/** What a cut is about, in a few words. */
export const gist = (cut) => cut.dialogue.map((line) => line.text).join(" ") || cut.caption || cut.action;
