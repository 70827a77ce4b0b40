"""Values of every option of every command, and odd names of folders: sentences, never a traceback.

The commands and their options are asked of the command line itself, so a new one is tried at once.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos import episode, words
from tests.chaos.case import Place, Verdict, Wrong
from tests.chaos.commands import judged, sakuga

NUMBERS = (
    "-1",
    "0",
    "1",
    "2",
    "65536",
    "99999999999999999999",
    "1e3",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "0x10",
    "1_0",
    "١",
    "",
    " ",
    "1.5",
    "-0.0",
    "1e-320",
)
CUTS = (
    "C001", "c002", "C999", "C1", "C0001", "C001=1", "c001=1", "C001=0", "C001=-1",
    "C001=99999999999999999999", "C001=", "=1", "C001=x", "C001@0-1", "C001@1-0", "C001@-1-2", "C001@x",
    "C001:timing", "C001:nothing", "C001:timing:", "C001:timing:\x1b[31m", "C001:other:" + "x" * 3000, "C",
    "",
)  # fmt: skip
FRAMES = (
    "0-1",
    "1-0",
    "0-0",
    "24-48",
    "-1-2",
    "a-b",
    "0-99999999999999999999",
    "1",
    "-",
    "",
    "0–9",
    "١-٢",
    " 0 - 1 ",
    "0-1-2",
    "²-³",
)
OUTS = (
    "o%ut", "o?ut", "o#ut", "o ut", "o'ut", 'o"ut', "o\nut", "o\tut", "o;ut", "o&ut", "o=ut", "o+ut",
    "o%20ut", "o%2Fut", "o\\ut", "-out", "~out", "o$HOMEut", "o*ut", "o[ut]", "o{ut}", "日本", "é",
    "o\u202eut", "o\x1b[31mut", "o:ut", "sqlite:///o", "s3://x", "file:///x", "a/../b", "./.", "o" * 255,
    "o" * 256, "/".join(["o" * 200] * 25), "", ".", "..", "kite.fountain", "o?mode=memory", "o#fragment",
    "o%00", "ö" * 120, "\udcff",
)  # fmt: skip
ADDRESSES = (
    "",
    "999.1.1.1",
    "nowhere.invalid",
    "a b",
    "::g",
    "-1",
    "127.0.0.1:1",
    "http://x",
    "\x1b[31m",
    "127.0.0.1 ",
    "é" * 80,
    "x" * 300,
)
URLS = (
    "",
    "x",
    "http://",
    "ftp://x",
    "http://[::1",
    "http://127.0.0.1:1/api",
    "http://127.0.0.1:99999/api",
    "file:///etc/passwd",
    "http://\x1b[31m",
    "javascript:1",
)
WORDS = (
    "person",
    "auto",
    "ja",
    "en",
    "storyboard",
    "script,takes",
    "final,",
    ",,",
    "everything",
    "toy",
    "animatic",
    "clear-skies",
    "three-acts",
    "off",
    "0 4 * * *",
    "* * *",
    "@daily",
    "Europe/Nowhere",
)
# These would serve until they are stopped. They are given values that they must refuse.
SERVING = ("rushes", "up", "notices", "register")
ENVIRONMENT = (
    "SAKUGA_HOME", "SAKUGA_VAULT", "SAKUGA_STORE", "SAKUGA_CACHE", "SAKUGA_CACHE_GB", "SAKUGA_DEVICE",
    "SAKUGA_LANES", "SAKUGA_USER", "USER", "LANG", "COLUMNS", "TZ", "SAKUGA_RAY", "SAKUGA_RAY_DEVICE",
)  # fmt: skip


def values(chance: Random, place: Place) -> Verdict:
    """A command with hostile values for its options and arguments."""
    place.context.reviewed.copied(place)
    name, command = chance.choice([item for item in _commands() if item[0][0] not in SERVING])
    argv = [*name, *_arguments(chance, command), *_options(chance, command)]
    if name[0] in ("produce", "breakdown", "write") and "--profile" not in argv:
        argv += ["--profile", "toy"]
    return judged(sakuga(place, *_typed(argv)))


def refused(chance: Random, place: Place) -> Verdict:
    """A command that would serve, with a value that no server can be started with."""
    argv: list[str] = list(
        chance.choice(
            (
                ("rushes", "--host", chance.choice(ADDRESSES[1:])),
                ("rushes", "--port", chance.choice(("-1", "65536", "x", "", "1e3", "99999999999999999999"))),
                ("rushes", "--port", "0", "--token", chance.choice(("short", "x", "é"))),
                ("rushes", "--port", "0", "--out", "kite.fountain"),
                ("up", "--port", chance.choice(("-1", "65536", "x", "99999999999999999999"))),
                ("up", "--rushes-port", chance.choice(("-1", "65536", "x", ""))),
                ("up", "--host", chance.choice(ADDRESSES[1:])),
                ("up", "--cpu", chance.choice(("-1", "x", "99999999999999999999"))),
                ("up", "--gpu", chance.choice(("-1", "x", "99999999999999999999"))),
                ("up", "--nightly", chance.choice(("x", "* * *", "99 99 * * *", "0 4 * * * Europe/Nowhere"))),
                ("up", "--postgres", chance.choice(("x", "mysql://x", "postgresql://", "sqlite:///x"))),
                ("up", "--server", chance.choice(URLS[1:])),
                ("up", "--out", "kite.fountain"),
                ("register", "--server", chance.choice(URLS[1:])),
                ("register", "--gpus", chance.choice((*NUMBERS[3:], "65"))),
                ("register", "--check", "--nightly", chance.choice(("x", "* * *", "99 99 * * *"))),
                ("notices", "--server", chance.choice(URLS)),
            )
        )
    )
    episode.write_script(place)
    if argv[:2] == ["register", "--gpus"]:
        argv.append("--check")
    ended = sakuga(place, *_typed(argv))
    verdict = judged(ended)
    if verdict == "ok" and "--check" not in argv:
        raise Wrong(f"a value that nothing can be started with was taken:\n{ended.said}")
    return verdict


def folders(chance: Random, place: Place) -> Verdict:
    """An odd --out: made and found again, or refused; nothing is written elsewhere."""
    episode.write_script(place)
    (out,) = _typed([chance.choice(OUTS) if chance.random() < 0.7 else words.odd(chance)[:200]])
    how = chance.choice(("breakdown", "breakdown", "produce", "status", "show"))
    argv = {
        "breakdown": ["breakdown", "kite.fountain", "--profile", "toy", "--out", out],
        "produce": [*episode.PRODUCE, "--out", out],
        "status": ["status", "--out", out],
        "show": ["show", "new", out, "--title", words.odd(chance)],
    }[how]
    first = sakuga(place, *_typed(argv))
    verdict = judged(first)
    if verdict == "ok" and how == "breakdown":
        _check_place(place, out)
    if verdict == "ok" and how == "produce":
        again = sakuga(place, *_typed(argv))
        if judged(again) != "ok":
            raise Wrong(f"an episode that was made there is not found again:\n{again.said}")
        _check_place(place, out)
    return verdict


def surroundings(chance: Random, place: Place) -> Verdict:
    """Hostile values of the environment variables."""
    place.context.reviewed.copied(place)
    name = chance.choice(ENVIRONMENT)
    value = chance.choice((*OUTS, *NUMBERS, *URLS, words.odd(chance))).replace("\x00", "")
    place.note(f"{name}={value!r:.200}")
    command = chance.choice(
        (
            ["status"],
            ["doctor", "--brief"],
            ["breakdown", "kite.fountain", "--profile", "toy"],
            ["status", "kite"],
        )
    )
    return judged(
        sakuga(
            place, *command, env={name: value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")}
        )
    )


def _commands() -> list[tuple[tuple[str, ...], Any]]:
    """Every command with its Click object."""
    import typer.main

    from flows.cli import app

    return list(_below((), typer.main.get_command(app)))


def _below(name: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for key in sorted(inner):
        yield from _below((*name, key), inner[key])


def _arguments(chance: Random, command: Any) -> list[str]:
    return [
        _value(chance, part.name)
        for part in command.params
        if part.param_type_name == "argument" and (part.required or chance.random() < 0.8)
    ]


def _options(chance: Random, command: Any) -> list[str]:
    found: list[str] = []
    for part in command.params:
        if (
            part.param_type_name != "option"
            or "--help" in part.opts
            or not (part.required or chance.random() < 0.3)
        ):
            continue
        found.append(max(part.opts, key=len))
        if not part.is_flag:
            found.append(_value(chance, part.name))
    return found


def _value(chance: Random, name: str) -> str:
    """A value for an argument or option of this name: often one that it might take, often any."""
    likely: dict[str, tuple[str, ...]] = {
        "script": ("kite.fountain", "none.fountain", ".", "kite.txt", "/dev/null", "/dev/stdin", "episodes", ""),
        "episode": ("kite", "kite", "episodes/kite", "none", "../kite", "", "_/kite", "kite/"),
        "cut": CUTS, "choose": CUTS, "retake": CUTS, "lock": CUTS, "unlock": CUTS, "rollback": CUTS, "history": CUTS,
        "frames": FRAMES, "out": OUTS, "folder": OUTS, "episodes": OUTS,
        "seed": NUMBERS, "takes": NUMBERS, "minutes": NUMBERS, "review_hours": NUMBERS,
        "show": ("clear-skies", "bible.yaml", "none", "../x", ".", "episodes", "/dev/null", "kite.fountain"),
        "profile": ("toy", "none", "x.yaml", "kite.fountain", "../toy", "/dev/null", ""),
        "by": words.NAUGHTY, "reason": words.NAUGHTY, "note": words.NAUGHTY, "premise": words.NAUGHTY,
    }  # fmt: skip
    own = likely.get(name, WORDS)
    return chance.choice(own) if chance.random() < 0.8 else words.odd(chance)


def _typed(argv: list[str]) -> list[str]:
    """What a shell can hand over: no zero bytes, and no more than fits."""
    return [word.replace("\x00", "")[:100_000] for word in argv]


def _check_place(place: Place, out: str) -> None:
    """The episode is in the folder that was named, and nothing was made beside it."""
    folder = (place.work / out).resolve()
    if not (folder / episode.NAME).is_dir():
        raise Wrong(f"the episode is not in the folder that --out names:\n{out!r}")
    named = Path(os.path.normpath(out)).parts[:1] + Path(out).parts[:1]
    made = {path.name for path in place.work.iterdir()} - {"kite.fountain", *named}
    if folder == place.work:
        made -= {episode.NAME, ".sakuga"}
    if made:
        raise Wrong(f"something was made beside the folder that --out names:\n{out!r}: {sorted(made)}")
