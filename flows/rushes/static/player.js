// The projector: shots in a row, each a take, a panel held for its time, or a stretch of the assembled episode.
// Everything is asked for in frames of a shot; the picture on screen answers with the frame it really shows.

import { h } from "./dom.js";
import { Film, Held } from "./film.js";
import { Sound } from "./sound.js";

export class Player {
  constructor(room) {
    this.room = room;
    this.shots = [];
    this.index = 0;
    this.playing = false;
    this.rate = 1;
    this.looped = false;
    this.sound = new Sound();
    const videos = [0, 1, 2].map(() => h("video", { tabindex: "-1", muted: true }));
    videos.forEach((video) => (video.muted = true));
    const image = h("img.held", { alt: "" });
    const hears = (source) => ({
      shown: (frame) => source() === this.front && this.shown(frame),
      ended: () => source() === this.front && this.finished(),
    });
    this.films = [new Film(videos[0], hears(() => this.films[0])), new Film(videos[1], hears(() => this.films[1]))];
    this.held = new Held(image, hears(() => this.held));
    this.other = new Film(videos[2], { shown: () => undefined, ended: () => undefined });
    this.front = this.held;
    this.screen = h("div.screen", {}, videos[0], videos[1], image);
    this.earlier = h("img.held", { alt: "", hidden: true });
    this.second = h("div.screen.second", { hidden: true }, videos[2], this.earlier);
  }

  get shot() {
    return this.shots[this.index] ?? null;
  }

  get fps() {
    return this.room.fps;
  }

  get frame() {
    const shot = this.shot;
    return shot ? Math.max(0, Math.min(shot.frames - 1, this.front.frame - shot.offset)) : 0;
  }

  /** The frame of the whole, over all shots. */
  get place() {
    return this.shot ? this.shot.start + this.frame : 0;
  }

  get frames() {
    const last = this.shots.at(-1);
    return last ? last.start + last.frames : 0;
  }

  /** Put shots on; what is on screen stays where it still exists. */
  put(shots, index, frame) {
    this.shots = shots;
    this.index = Math.max(0, Math.min(index, shots.length - 1));
    this.show(frame);
  }

  /** Bring the current shot to the front, at one of its frames. */
  show(frame) {
    const shot = this.shot;
    if (!shot) return;
    const source = this.source(shot);
    if (source !== this.front) {
      this.front.pause();
      this.front = source;
    }
    source.load(shot.url, shot.offset + (shot.whole ?? shot.frames), this.fps, shot.offset + frame);
    for (const film of this.films) film.video.hidden = film !== source;
    this.held.image.hidden = this.held !== source || !shot.url;
    this.screen.classList.toggle("bare", !shot.url);
    this.films.forEach((film) => (film.video.muted = this.room.mode !== "reel" || this.sound.muted));
    this.sound.load(shot.sounds ?? [], this.fps);
    this.ready();
    if (this.playing) this.run();
    this.beside();
    this.turned();
  }

  turned() {
    this.room.follow(this.shot.cut);
    this.room.tell("shot");
    this.room.tell("frame");
  }

  source(shot) {
    if (!shot.film) return this.held;
    return this.films.find((film) => film.url === shot.url) ?? this.films.find((film) => film !== this.front) ?? this.films[0];
  }

  /** Have the next take loaded before it is due. */
  ready() {
    const next = this.shots[this.index + 1];
    if (!next?.film || next.url === this.shot.url) return;
    const idle = this.films.find((film) => film !== this.front);
    if (idle.url !== next.url) idle.load(next.url, next.frames, this.fps, 0);
  }

  shown(frame) {
    const shot = this.shot;
    const local = frame - shot.offset;
    if (this.room.mode === "reel" && (local < 0 || local >= shot.frames)) {
      if (this.front.target === null) this.wander(frame);
      return;
    }
    this.sound.follow(this.frame, this.playing && !this.backwards, this.rate);
    this.beside();
    this.room.tell("frame");
  }

  /** The episode ran on into its next shot. */
  wander(frame) {
    if (this.looped && this.playing) {
      this.seek(this.index, 0);
      return;
    }
    const found = this.shots.findIndex((shot) => frame < shot.start + shot.frames);
    this.index = found < 0 ? this.shots.length - 1 : found;
    this.turned();
  }

  finished() {
    if (!this.playing) return;
    if (this.looped || this.room.compared !== null) {
      this.seek(this.index, 0);
      this.run();
    } else if (this.room.mode === "cuts" && this.index + 1 < this.shots.length) {
      this.index += 1;
      this.show(0);
    } else {
      this.pause();
    }
  }

  seek(index, frame) {
    const to = Math.max(0, Math.min(index, this.shots.length - 1));
    if (to !== this.index) {
      this.index = to;
      this.show(frame);
      return;
    }
    this.front.seek(this.shot.offset + Math.max(0, Math.min(this.shot.frames - 1, frame)));
  }

  /** Some frames on or back, over the ends of shots. */
  step(frames) {
    this.pause();
    this.to(this.shot.start + this.front.asked - this.shot.offset + frames);
  }

  /** A frame of the whole. */
  to(place) {
    const wanted = Math.max(0, Math.min(this.frames - 1, place));
    const found = this.shots.findIndex((shot) => wanted < shot.start + shot.frames);
    this.seek(found, wanted - this.shots[found].start);
  }

  play(rate = 1) {
    if (!this.shot) return;
    const over = this.index === this.shots.length - 1 && this.frame >= this.shot.frames - 1;
    if (over && !this.playing) this.seek(this.room.mode === "reel" ? 0 : this.index, 0);
    this.stopBackwards();
    this.playing = true;
    this.rate = rate;
    this.run();
    this.room.tell("playing");
  }

  run() {
    this.front.play(this.rate);
    if (this.room.compared !== null) this.other.play(this.rate);
  }

  pause() {
    this.stopBackwards();
    this.playing = false;
    this.rate = 1;
    this.front.pause();
    this.other.pause();
    this.sound.stop();
    this.room.tell("playing");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** J and L: the same direction again is faster, the other one begins anew. */
  shuttle(direction) {
    if (direction > 0) {
      this.play(this.playing && !this.backwards ? Math.min(4, this.rate * 2) : 1);
      return;
    }
    const faster = this.backwards ? Math.min(4, this.rate * 2) : 1;
    this.pause();
    this.playing = true;
    this.rate = faster;
    this.backwards = setInterval(() => {
      if (this.front.busy) return; // as fast as the decoder can go backwards, and no faster
      if (this.place === 0) this.pause();
      else this.to(this.place - faster);
    }, 1000 / this.fps);
    this.room.tell("playing");
  }

  stopBackwards() {
    clearInterval(this.backwards);
    this.backwards = null;
  }

  mute(muted) {
    this.sound.muted = muted;
    this.films.forEach((film) => (film.video.muted = this.room.mode !== "reel" || muted));
    if (muted) this.sound.stop();
    this.room.tell("playing");
  }

  /** Put another take of the same cut beside, or the picture at an address, or take it away. */
  against(take, picture = null) {
    this.second.hidden = take === null && picture === null;
    this.earlier.hidden = picture === null;
    if (picture) this.earlier.src = picture;
    else this.earlier.removeAttribute("src");
    if (take === null) {
      this.other.drop();
      return;
    }
    this.other.load(this.room.media(take.clip), take.frames, this.fps, this.frame);
    if (this.playing) this.other.play(this.rate);
  }

  /** Keep the other take in step: exactly when still, within a frame while running. */
  beside() {
    if (this.room.compared === null || this.other.url === null) return;
    const frame = Math.min(this.frame, this.other.frames - 1);
    if (!this.playing || this.backwards) this.other.seek(frame);
    else if (Math.abs(this.other.frame - frame) > 1 && !this.other.busy) this.other.seek(frame);
  }
}
