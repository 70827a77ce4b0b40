"""The credentials of an episode as a page: the film, then each cut's take and still, then the sounds.

In: a SignedEpisode.      Out: HTML. Everything that came from outside is escaped.
"""

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from flows.rights.signed import PLAIN, SignedEpisode, SignedPiece, State, in_words

STATES: dict[State, str] = {
    "trusted": "studio-trusted",
    "unknown": "signed by somebody unknown here",
    "changed": "changed after it was signed",
    "missing": "not on this machine",
    "unsigned": "not signed",
}
USES = {
    "notAllowed": "not allowed",
    "allowed": "allowed",
    "constrained": "only under conditions of the studio",
}
MEANING = (
    "Studio-trusted means: unchanged since it was signed, by a certificate of the studio whose root this room has "
    "(trust.pem). It is trust in that studio, not in the C2PA's own list."
)
NO_ROOT = (
    "This room has no root certificate to believe, so that nothing here is more than unchanged: set "
    "SAKUGA_CREDENTIALS to the folder of the studio's identity, and start the room again."
)


def page(told: SignedEpisode, back: str) -> str:
    """For a browser; ``back`` is the address of the episode."""
    parts = [
        f'<p><a href="{escape(back)}">{escape(told.episode)}</a></p>',
        "<h1>Content credentials</h1>",
        *(f"<p>{escape(sentence)}</p>" for sentence in _summary(told)),
        *(_section(heading, pieces, back) for heading, pieces in _groups(told)),
    ]
    return f'<main class="why credentials">{"".join(parts)}</main>'


def _summary(told: SignedEpisode) -> Iterator[str]:
    if not told.event:
        if told.earlier:
            yield "The newest delivery is not signed; the signed files on disk are of an earlier one."
        else:
            yield "This episode is not signed."
        yield (
            f"Sign it: sakuga credentials sign {told.episode}. With SAKUGA_CREDENTIALS set, every delivery is "
            "signed by itself."
        )
        return
    counts = {state: sum(one.state == state for one in told.pieces) for state in STATES}
    files = ", ".join(f"{number} {STATES[state]}" for state, number in counts.items() if number)
    yield f"{files}. Signed on {told.at[:10]}: event {told.event} of the ledger."
    yield MEANING if told.rooted else NO_ROOT


def _groups(told: SignedEpisode) -> Iterator[tuple[str, Sequence[SignedPiece]]]:
    film = [one for one in told.pieces if "/" not in one.name]
    cuts = sorted({_stem(one) for one in told.pieces if one.name.startswith(("takes/", "stills/"))})
    yield from [("Episode", film)] if film else []
    # The take before its still.
    yield from ((cut, sorted(told.of_cut(cut), key=lambda one: one.name, reverse=True)) for cut in cuts)
    stems = [one for one in told.pieces if one.name.startswith("stems/")]
    yield from [("Sounds", stems)] if stems else []


def _stem(one: SignedPiece) -> str:
    return one.name.rpartition("/")[2].partition(".")[0]


def _section(heading: str, pieces: Sequence[SignedPiece], back: str) -> str:
    body = "".join(_piece(one, back) for one in pieces)
    return f'<section id="{escape(heading)}"><h2>{escape(heading)}</h2>{body}</section>'


def _piece(one: SignedPiece, back: str) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in (*_facts(one), *_beneath(one))
    )
    if one.state in ("trusted", "unknown"):
        address = escape(f"{back}/signed/{quote(one.name)}")
        rows += f'<dt>file</dt><dd><a href="{address}" download>download the signed copy</a></dd>'
    opened = " open" if one.name == "episode.mp4" or one.state == "changed" else ""
    badge = f'<span class="badge {one.state}">{escape(STATES[one.state])}</span>'
    summary = f"<summary><b>{escape(one.name)}</b> {badge} {escape(_short(one))}</summary>"
    return f'<details data-state="{one.state}"{opened}>{summary}<dl>{rows}</dl></details>'


def _short(one: SignedPiece) -> str:
    made = [in_words(source, PLAIN.source).partition(" (")[0] for _, source in one.actions]
    return ", ".join(filter(None, [f"by {one.studio}" if one.studio else "", *made]))


def _facts(one: SignedPiece) -> Iterator[tuple[str, str]]:
    yield from (("fault", fault) for fault in one.faults)
    if one.state in ("missing", "unsigned"):
        yield "why", _absent(one.state)
        return
    if one.state == "changed":
        yield "what follows", "is what was said when it was signed. The file is another one now."
    believed = " (this room has its root)" if one.state == "trusted" else " (anybody can write this name)"
    yield "signed by", (one.studio or "nobody named") + believed
    yield "signed at", one.at or "not said: no time stamp"
    for action, source in one.actions:
        yield "action", f"{action.removeprefix('c2pa.')}: {in_words(source, PLAIN.source)}"
    yield from _disclosed(one)
    for use in dict.fromkeys(one.uses.values()):
        names = [name.partition(".")[2].replace("_", " ") for name, said in one.uses.items() if said == use]
        yield "others may", f"{', '.join(names)}: {USES.get(use, repr(use))}"


def _disclosed(one: SignedPiece) -> Iterator[tuple[str, str]]:
    """The trained models, those with the same human oversight together."""
    for oversight in dict.fromkeys(said for _, said in one.disclosures):
        models = ", ".join(model for model, said in one.disclosures if said == oversight)
        yield "AI", f"{models}; {in_words(oversight, PLAIN.oversight)}"
    if not one.disclosures:
        yield "AI", "no trained model is named"


def _absent(state: State) -> str:
    if state == "missing":
        return (
            "The ledger says that it was signed. The file is on another machine, or was removed: sign again."
        )
    return "Another take was chosen after the delivery. Make the episode again, and it is signed with it."


def _beneath(one: SignedPiece) -> Iterator[tuple[str, str]]:
    for part in one.ingredients:
        hashed = f", sha256 {part.sha256}" if part.sha256 and part.sha256 not in part.name else ""
        yield part.relation or "ingredient", f"{part.name}{hashed}"
