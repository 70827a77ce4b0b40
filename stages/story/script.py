"""Write a story as an ordinary Fountain script, for a person to read, edit and produce.

In: acts and what is said in them.      Out: scenes, and their Fountain text.
"""

from collections.abc import Sequence

from assets.fountain.layout import Piece, lay_out
from assets.fountain.speech import Run
from assets.fountain.title import print_title_page
from assets.plots import words
from assets.sheets.bible import Bible, Language
from assets.sheets.screenplay import TitleEntry
from assets.sheets.story import Said, SceneDraft
from stages.story.plotting import Act, Plan

_CREDIT = {"en": "Written by", "ja": "作"}
_FADE = {"en": "FADE OUT.", "ja": "フェードアウト"}


def scenes(plan: Plan, acts: Sequence[Act], said: Sequence[Sequence[Said]]) -> tuple[SceneDraft, ...]:
    """One scene per place, hour and weather; beats that share them share a scene."""
    made: list[SceneDraft] = []
    seen: set[str] = set()
    before: Act | None = None
    for act, told in zip(acts, said, strict=True):
        summary = plan.fill(act.summary)
        if before and (before.site, before.hour, before.weather) == (act.site, act.hour, act.weather):
            last = made[-1]
            joined = " ".join((last.synopsis, summary)) if plan.language == "en" else last.synopsis + summary
            made[-1] = last.model_copy(update={"synopsis": joined, "said": (*last.said, *told)})
        else:
            opening = _opening(act, plan.language, new=act.site.name not in seen)
            people = _introductions(plan) if not made else ()
            made.append(
                SceneDraft(
                    heading=heading(act, plan.language), synopsis=summary, said=(*opening, *people, *told)
                )
            )
        seen.add(act.site.name)
        before = act
    return tuple(made)


def heading(act: Act, language: Language) -> str:
    hour = words().hours[act.hour][0 if language == "en" else 1]
    inside = words().places[act.site.kind][2] == "inside"
    return (
        f"{'INT.' if inside else 'EXT.'} {act.site.name} - {hour}"
        if language == "en"
        else f"{act.site.name} - {hour}"
    )


def _opening(act: Act, language: Language, *, new: bool) -> tuple[Said, ...]:
    """What the place looks and sounds like; a place seen before shows only its weather."""
    kind = words().places[act.site.kind]
    look = [act.site.look] if new else []
    sky = words().weathers.get(act.weather) if kind[2] == "outside" else None
    look += [sky[0 if language == "en" else 1]] if sky else []
    return (Said(text=(" " if language == "en" else "").join(look)),) if look else ()


def _introductions(plan: Plan) -> tuple[Said, ...]:
    """Introduce new characters once, in words from which the breakdown takes their looks."""
    new = [person for person in plan.company if person.introduced and person.role != "C"]
    if not new:
        return ()
    if plan.language == "ja":
        ends = ("がいる。", "もいる。")
        return (
            Said(
                text="".join(f"{who.introduced}{who.name}{end}" for who, end in zip(new, ends, strict=False))
            ),
        )
    ends = ("looks around.", "walks up.")
    text = " ".join(
        f"{who.name.upper()}, {who.introduced}, {end}" for who, end in zip(new, ends, strict=False)
    )
    return (Said(text=text),)


def fountain(plan: Plan, title: str, drafts: Sequence[SceneDraft], bible: Bible | None) -> str:
    """The text of the script file."""
    return page(plan.language, title, plan.fill(plan.plot.logline), drafts, bible)


def page(
    language: Language, title: str, logline: str, drafts: Sequence[SceneDraft], bible: Bible | None
) -> str:
    """The scenes with their title page and the fade at the end."""
    show = (bible.title.get(language) or next(iter(bible.title.values()), "")) if bible else ""
    entries = [("Title", show or title), *([("Episode", title)] if show else [])]
    entries += [("Credit", _CREDIT[language]), ("Author", "Sakuga"), ("Language", language)]
    head = print_title_page(
        [TitleEntry(key=key, values=(value,), line=at + 1) for at, (key, value) in enumerate(entries)], None
    )
    pieces = [Piece("note", (Run(f"= {logline}"),))]
    pieces += [piece for draft in drafts for piece in _pieces(draft, language)]
    end = Piece("transition", (Run(_FADE[language]),))
    return "\n".join(head) + "\n\n" + lay_out([*pieces, end])


def _pieces(draft: SceneDraft, language: Language) -> list[Piece]:
    """A person who speaks twice in a row is not named again: it is one speech."""
    made = [Piece("heading", (Run(draft.heading),)), Piece("note", (Run(f"= {draft.synopsis}"),))]
    speaker = ""
    for said in draft.said:
        if said.who and said.who != speaker:
            made.append(Piece("character", (Run(said.who.upper() if language == "en" else said.who),)))
        if said.manner:
            made.append(Piece("parenthetical", (Run(f"({said.manner})"),)))
        made.append(Piece("dialogue" if said.who else "action", (Run(said.text),)))
        speaker = said.who
    return made
