"""Every kind of fault that `make chaos` tries, and how many cases of each make a full run."""

from tests.chaos import (
    attacks,
    damage,
    disks,
    episode,
    guarded,
    kills,
    lettering,
    options,
    pictures,
    rooms,
    scripts,
    sheets,
)
from tests.chaos.case import Kind

LONG = 60  # seconds of processor time; a small episode takes three

_ALL = (
    Kind("kill", "kill -9 during a run", 30, kills.killed, LONG, episode.prepare),
    Kind("signal", "SIGINT, SIGTERM, SIGHUP during a run", 20, kills.stopped, LONG, episode.prepare),
    Kind("disk", "full disks, read-only and missing folders, links", 30, disks.play, LONG, episode.prepare),
    Kind("damage", "damaged files and rows", 60, damage.play, LONG, episode.prepare),
    Kind("yaml", "hostile YAML: bible, profile, cut sheet", 700, sheets.play, 20, episode.prepare),
    Kind("script", "hostile scripts, broken down", 750, scripts.broken_down, 20),
    Kind("again", "hostile scripts, broken down twice by command", 80, scripts.twice, 20),
    Kind("growth", "long scripts: time in proportion", 20, scripts.grown, 120),
    Kind("produce", "hostile scripts, produced twice", 14, scripts.produced, LONG),
    Kind("option", "values of every option of every command", 350, options.values, LONG, episode.prepare),
    Kind("serve", "values that no server starts with", 100, options.refused, 20),
    Kind("folder", "odd names of folders", 50, options.folders, LONG),
    Kind("variable", "hostile environment variables", 60, options.surroundings, 20, episode.prepare),
    Kind("http", "HTTP against the rushes room", 800, attacks.play, 20, rooms.prepare),
    Kind("guard", "HTTP, WebSockets, tickets against the server's guard", 550, guarded.play, 20, guarded.prepare),
    Kind("type", "names and titles of every size, in pictures, subtitles, pages", 200, lettering.play, 20),
    Kind("media", "damaged pictures, sounds, films, weights", 350, pictures.play, 20, pictures.prepare),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}
