// What is heard while cuts are played one by one: the soundtrack at the cut's place, or, before there is one, its
// recorded lines. Kept in step with the picture; a whole episode brings its sound in its own file.

const DRIFT = 0.09; // seconds; below this the ear hears nothing, and a correction would click

export class Sound {
  constructor() {
    this.players = new Map();
    this.pieces = [];
    this.muted = false;
  }

  /** pieces: {url, at, from, to} in frames of the cut; `at` is where the sound's own beginning lies. */
  load(pieces, fps) {
    this.pieces = pieces;
    this.fps = fps;
    const kept = new Set(pieces.map((piece) => piece.url));
    for (const [url, player] of this.players) {
      if (kept.has(url)) continue;
      player.pause();
      this.players.delete(url);
    }
    for (const { url } of pieces) {
      if (this.players.has(url)) continue;
      const player = new Audio(url);
      player.preload = "auto";
      this.players.set(url, player);
    }
  }

  /** Called for every frame. */
  follow(frame, playing, rate) {
    const heard = playing && rate > 0 && rate <= 2 && !this.muted;
    for (const piece of this.pieces) {
      const player = this.players.get(piece.url);
      const due = heard && frame >= piece.from && frame < piece.to;
      if (!due) {
        if (!player.paused) player.pause();
        continue;
      }
      const wanted = (frame - piece.at) / this.fps;
      player.playbackRate = rate;
      if (player.paused || Math.abs(player.currentTime - wanted) > DRIFT) player.currentTime = wanted;
      if (player.paused) player.play().catch(() => undefined);
    }
  }

  stop() {
    for (const player of this.players.values()) player.pause();
  }
}
