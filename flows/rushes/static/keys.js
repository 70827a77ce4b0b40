// The keyboard, and the page that explains it. While somebody types, keys are letters.

import { fill, h } from "./dom.js";
import { t } from "./words.js";

const HELP = [
  [["Space"], "k_play"], [["←", "→"], "k_step"], [["Shift ←", "Shift →"], "k_second"], [["J", "K", "L"], "k_shuttle"], [["Home", "End"], "k_home"],
  [["↑", "↓", "[", "]"], "k_cut"], [["1 – 9"], "k_take"], [["T"], "k_use"], [["C"], "k_compare"], [["W"], "k_wipe"], [["G"], "k_draw"], [["E"], "k_whole"],
  [["A"], "k_ok"], [["R"], "k_retake"], [["S"], "k_lock"], [["I", "O"], "k_range"], [["N"], "k_note"], [["D"], "k_edit"], [["P"], "k_pin"],
  [["V"], "k_view"], [["X"], "k_loop"], [["M"], "k_mute"], [["F"], "k_full"], [["Ctrl Enter"], "k_send"], [["?"], "k_help"],
];

export class Keys {
  /** acts: what each key does, by `KeyboardEvent.key`. */
  constructor(acts) {
    this.acts = acts;
    this.dialog = h("dialog.help", { "aria-labelledby": "keys" });
    document.body.append(this.dialog);
    addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) {
      event.target.blur();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.acts.send();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const press = event.target.closest?.("button, summary, a, input");
    if (press && event.key === "Enter") return;
    if (press && event.key === " ") {
      if (press.matches(":focus-visible")) return; // reached by keyboard: its own key
      press.blur(); // clicked a moment ago: Space plays, as everywhere
    }
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = this.acts[event.shiftKey && `Shift ${name}` in this.acts ? `Shift ${name}` : name];
    if (!act) return;
    event.preventDefault();
    act(event);
  }

  help() {
    fill(this.dialog, h("h2", { id: "keys" }, t("help")),
      h("dl", {}, HELP.map(([keys, name]) => h("div", {}, h("dt", {}, keys.map((key) => h("kbd", {}, key))), h("dd", {}, t(name))))),
      h("button", { type: "button", onclick: () => this.dialog.close() }, t("close")));
    this.dialog.showModal();
  }
}
