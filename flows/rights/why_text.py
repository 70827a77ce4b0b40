"""Write the explanation of a frame for people: as lines for a terminal, or as a page.

In: a Why.      Out: text. Everything that came from outside is escaped.
"""

from collections.abc import Iterator
from html import escape

from flows.rights.grounds import Ground
from flows.rights.why_parts import Component, Piece, Why


def lines(told: Why) -> Iterator[str]:
    """For a terminal."""
    yield f"{told.episode}, {told.segment}, frame {told.frame} of {told.frames} ({told.at} in the episode)"
    for heading, rows in sections(told):
        yield ""
        yield heading
        yield from (f"  {name:<12} {text}" if name else f"               {text}" for name, text in rows)


def page(told: Why, back: str) -> str:
    """For a browser; ``back`` is the address of the episode."""
    parts = [f'<p><a href="{escape(back)}">{escape(told.episode)}</a></p>']
    parts.append(f"<h1>{escape(told.segment)}, frame {told.frame}</h1>")
    where = f"Frame {told.frame} of {told.frames}, {told.at} in the episode"
    parts.append(f"<p>{escape(where)}. {_steps(told)}</p>")
    for heading, rows in sections(told):
        cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows)
        parts.append(f"<section><h2>{escape(heading)}</h2><dl>{cells}</dl></section>")
    return f'<main class="why">{"".join(parts)}</main>'


def _steps(told: Why) -> str:
    """Links to the frame before and the one after."""
    near = ((told.frame - 1, "frame before"), (told.frame + 1, "next frame"))
    return " · ".join(f'<a href="{frame}">{name}</a>' for frame, name in near if 0 <= frame < told.frames)


def sections(told: Why) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Headings, and under each its names and texts."""
    if told.script.scene:
        yield "Script", list(_script(told))
    if told.take is not None:
        take = told.take
        chosen = f"chosen by {take.by}{f': {take.why}' if take.why else ''}" if take.by else "not chosen"
        approved = ", approved" if take.locked else ""
        yield "Take", [("take", f"{take.number} of {take.of}, seed {take.seed}, {chosen}{approved}")]
    for piece in told.pieces:
        yield f"{piece.what.capitalize()} {piece.name}", list(_piece(piece))
    if told.reviews:
        yield (
            "Reviews",
            [
                (
                    review.gate,
                    f"{review.verdict} by {review.by} at {review.at}"
                    + (f": {review.said}" if review.said else ""),
                )
                for review in told.reviews
            ],
        )
    made = told.delivery
    yield (
        "Delivery",
        [
            ("file", made.sha256),
            ("event", f"{made.event}, {made.hash}"),
            ("at", made.at),
            ("profile", f"{made.profile}, policy {made.policy or 'none'}"),
        ],
    )


def _script(told: Why) -> Iterator[tuple[str, str]]:
    script = told.script
    yield "scene", f"{script.scene}, {script.place}"
    if script.action:
        yield "action", script.action
    for line in script.lines:
        now = " (heard now)" if line.heard else ""
        where = f", script line {line.script_line}" if line.script_line else ""
        yield "line", f"{line.speaker}: {line.text}{now}{where}"
    if script.text:
        where = (
            f"line {script.first}"
            if script.first == script.last
            else f"lines {script.first} to {script.last}"
        )
        yield "as written", where
        yield from (("", text) for text in script.text.splitlines() if text.strip())
    yield from (("rights" if not number else "", text) for number, text in enumerate(_ground(script.ground)))


def _piece(piece: Piece) -> Iterator[tuple[str, str]]:
    if piece.words:
        yield "words", piece.words
    if piece.prompt:
        yield "prompt", piece.prompt
    elif piece.what in ("panel", "take") and piece.made_with:
        yield "prompt", "none was sent: this model reads the cut sheet"
    if not piece.made_with:
        yield "made with", "not recorded: an older Sakuga made it"
    for one in piece.made_with:
        yield one.role, _named(one)
        yield from (("", text) for text in _ground(one.ground))
    yield "sha256", piece.sha256
    if piece.event:
        yield "recipe", piece.recipe
        yield "event", f"{piece.event}, {piece.hash}, at {piece.made_at}"


def _named(one: Component) -> str:
    at = f", strength {one.strength}" if one.kind == "lora" else ""
    return f"{one.kind} {one.key}{at}"


def _ground(ground: Ground) -> Iterator[str]:
    if ground.statement:
        yield ground.statement
    for work in ground.works:
        source = f"; derives from {', '.join(work.derives_from)}" if work.derives_from else ""
        yield f"work {work.id} ({work.kind}): {work.title}; {work.terms}{source}"
        for person in work.people:
            grant = f"grant {person.grant}, {person.licence}" if person.grant else "no grant that holds"
            part = f", {person.share} parts" if len(work.people) > 1 else ""
            yield f"by {person.name or person.id} ({person.id}{part}): {grant}"
