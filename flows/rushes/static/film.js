// One moving picture, addressed by its frames. A frame is sought at its middle, so that no rounding shows its
// neighbour, and the frame on screen is told by the browser's own report of what it has put there.

export class Film {
  /** shown(frame): a frame is on screen. ended(): the last one has had its time. */
  constructor(video, { shown, ended }) {
    this.video = video;
    this.url = null;
    this.frame = 0;
    this.target = null; // the frame asked for last, until it is on screen
    this.wanted = null; // the same, while an earlier one is still being sought
    this.tell = shown;
    video.playsInline = true;
    video.preload = "auto";
    video.disablePictureInPicture = true;
    video.addEventListener("seeked", () => this.sought());
    video.addEventListener("loadeddata", () => (this.fresh = true));
    video.addEventListener("ended", () => ended());
    video.addEventListener("loadedmetadata", () => this.wanted !== null && this.seek(this.wanted));
    this.watch();
  }

  load(url, frames, fps, frame = 0) {
    this.frames = frames;
    this.fps = fps;
    if (this.url !== url) {
      this.url = url;
      this.fresh = false;
      this.video.src = url;
      this.frame = -1;
    }
    this.seek(frame);
  }

  drop() {
    if (this.url === null) return;
    this.url = null;
    this.wanted = this.target = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** Key repeat is faster than seeking: only the last frame asked for is sought. */
  seek(frame) {
    const to = Math.max(0, Math.min(this.frames - 1, frame));
    this.target = to;
    if (this.video.readyState < 1 || this.video.seeking) {
      this.wanted = to;
      return;
    }
    this.wanted = null;
    if (to === this.frame && this.video.readyState >= 2) {
      this.target = null;
      this.tell(to);
      return;
    }
    this.video.currentTime = (to + 0.5) / this.fps;
  }

  sought() {
    this.fresh = true;
    if (this.wanted !== null) this.seek(this.wanted);
    // The report of a still frame may have come before we listened.
    else if (this.video.paused) this.put(Math.floor(this.video.currentTime * this.fps + 0.001));
  }

  /** Where the next step begins. */
  get asked() {
    return this.target ?? this.frame;
  }

  play(rate = 1) {
    if (this.wanted === null && !this.video.seeking) this.target = null;
    this.video.playbackRate = rate;
    return this.video.play().catch(() => undefined); // a load that came between is no failure
  }

  pause() {
    this.video.pause();
  }

  get busy() {
    return this.video.seeking || this.video.readyState < 2;
  }

  watch() {
    const { video } = this;
    if (video.requestVideoFrameCallback) {
      const seen = (_now, told) => {
        this.put(Math.round(told.mediaTime * this.fps));
        video.requestVideoFrameCallback(seen);
      };
      video.requestVideoFrameCallback(seen);
      return;
    }
    const look = () => {
      if (this.url !== null && !this.busy) this.put(Math.floor(video.currentTime * this.fps + 0.01));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  put(frame) {
    // Not fresh: this is the last word of what was loaded before.
    if (this.url === null || !this.fresh || frame === this.frame) return;
    this.frame = Math.min(frame, this.frames - 1);
    if (this.frame === this.target || !this.video.paused) this.target = null;
    this.tell(this.frame);
  }
}

/** A panel held for its cut's time: what a reel looks like before anything moves. */
export class Held {
  constructor(image, { shown, ended }) {
    this.image = image;
    this.url = null;
    this.frame = 0;
    this.tell = shown;
    this.ended = ended;
    this.timer = null;
  }

  load(url, frames, fps, frame = 0) {
    this.frames = frames;
    this.fps = fps;
    if (this.url !== url) {
      this.url = url;
      if (url) this.image.src = url;
      else this.image.removeAttribute("src");
    }
    this.seek(frame);
  }

  drop() {
    this.pause();
    this.url = null;
    this.image.removeAttribute("src");
  }

  seek(frame) {
    this.frame = Math.max(0, Math.min(this.frames - 1, frame));
    this.begun = performance.now() - (this.frame * 1000) / (this.fps * (this.rate ?? 1));
    this.tell(this.frame);
  }

  play(rate = 1) {
    this.rate = rate;
    this.begun = performance.now() - (this.frame * 1000) / (this.fps * rate);
    cancelAnimationFrame(this.timer);
    const step = () => {
      const frame = Math.floor(((performance.now() - this.begun) / 1000) * this.fps * rate);
      if (frame >= this.frames) {
        this.timer = null;
        this.ended();
        return;
      }
      if (frame !== this.frame) {
        this.frame = frame;
        this.tell(frame);
      }
      this.timer = requestAnimationFrame(step);
    };
    this.timer = requestAnimationFrame(step);
    return Promise.resolve();
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
  }

  get asked() {
    return this.frame;
  }

  get target() {
    return null;
  }

  get busy() {
    return false;
  }
}
