"""A person's data sheet as a page that stands alone: one HTML file, no script, nothing loaded from elsewhere.

In: a PersonSheet.      Out: HTML in which all text is escaped; or lines for a terminal.
"""

from collections.abc import Iterator, Sequence
from html import escape

from flows.rights.sheet import PersonSheet

Table = tuple[str, str, Sequence[str], Sequence[Sequence[str]]]
"""Heading, what it says in words, names of columns, rows."""

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --soft: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 0 auto; padding: 24px 16px 60px; }
h1 { font-size: 24px; margin-bottom: 0; } h2 { font-size: 18px; margin: 32px 0 4px; } p { margin: 4px 0 10px; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } .hash, .when, .event { white-space: nowrap; }
td.hash { font: 12px/1.75 ui-monospace, monospace; }
.none { color: var(--soft); }
"""


def page(sheet: PersonSheet, made_at: str, back: str = "") -> str:
    """The HTML file. ``back``: where it was opened from, if it is a page of a site."""
    link = f'<p><a href="{escape(back)}">Statements</a></p>' if back else ""
    parts = [_section(*table) for table in tables(sheet)]
    title = f"Data sheet of {sheet.name or sheet.person}"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{link}<h1>{escape(title)}</h1>
<p>{escape(sheet.person)}, as of {escape(_day(made_at))} (UTC). Every line names the event of the ledger it comes from.
An export of the ledger proves it: ask the studio for one.</p>
{"".join(parts)}
</body>
</html>
"""


def lines(sheet: PersonSheet) -> Iterator[str]:
    """For a terminal."""
    yield f"{sheet.person}: {sheet.name}"
    for heading, _, names, rows in tables(sheet):
        yield ""
        yield f"{heading}: {len(rows)}"
        for row in rows:
            yield "  " + "; ".join(
                f"{name} {text}" for name, text in zip(names, row, strict=True) if text and name != "sha256"
            )


def tables(sheet: PersonSheet) -> Iterator[Table]:
    """The tables of a person's data sheet: heading, explanation, column names, rows."""
    yield (
        "What you allowed",
        "Your grants. A grant that was revoked or has ended allows nothing new.",
        ("grant", "licence", "uses", "where", "from", "until", "works", "revoked"),
        [
            (one.id, one.licence, ", ".join(one.scope), ", ".join(one.territories) or "worldwide",
             one.begins or "at once", one.ends or "without an end", ", ".join(one.works), one.revoked)
            for one in sheet.grants
        ],
    )  # fmt: skip
    yield (
        "Your works",
        "Works that name you as a maker, with your part of each.",
        ("work", "title", "kind", "your parts", "files", "terms"),
        [(one.id, one.title, one.kind, one.share, str(one.files), one.terms) for one in sheet.works],
    )
    yield (
        "Trained on them",
        "Models that learnt from your works: how many showings of all were of your works.",
        ("model", "when", "from your works", "showings", "sha256", "event"),
        [
            (
                one.model,
                one.at,
                ", ".join(one.works),
                f"{one.shown:,} of {one.of:,}",
                one.sha256,
                str(one.event),
            )
            for one in sheet.trainings
        ],
    )
    yield (
        "Merged from those",
        "Models that were mixed from models that learnt from your works.",
        ("model", "when", "sha256", "event"),
        [(one.model, one.at, one.sha256, str(one.event)) for one in sheet.merges],
    )
    yield (
        "Made with them",
        "Panels, takes and sounds for which a model was shown your work, or a model that learnt from it was used.",
        ("episode", "what", "made with", "when", "sha256", "event"),
        [
            (one.episode, f"{one.step} {one.name}", ", ".join(one.by), one.at, one.sha256, str(one.event))
            for one in sheet.pieces
        ],
    )
    yield (
        "Delivered",
        "Deliveries in which that is seen or heard, and for how long, opening and credits included; royalties are paid "
        "for cuts. A newer delivery of an episode replaces the one before it.",
        ("episode", "when", "cuts", "seconds", "state", "sha256", "event"),
        [
            (one.episode, one.at, ", ".join(one.segments), one.seconds, "newest" if one.current else "replaced",
             one.sha256, str(one.event))
            for one in sheet.deliveries
        ],
    )  # fmt: skip


def _section(heading: str, words: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = f"<section><h2>{escape(heading)}</h2><p>{escape(words)}</p>"
    if not rows:
        return f'{top}<p class="none">Nothing.</p></section>'
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, names, row))}</tr>" for row in rows)
    return f'{top}<div class="wide"><table><tr>{head}</tr>{body}</table></div></section>'


def _cell(name: str, text: str) -> str:
    """The event has a whole hash; its beginning is enough to recognise a file."""
    if name == "sha256":
        return f'<td class="hash" title="{escape(text)}">{escape(text[:12])}…</td>'
    kind = f' class="{name}"' if name in ("when", "event") else ""
    return f"<td{kind}>{escape(_day(text) if name == 'when' else text)}</td>"


def _day(at: str) -> str:
    """A time for people: 2026-11-28 10:30."""
    return at[:16].replace("T", " ")
