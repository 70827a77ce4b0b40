"""Plan a story before its words are chosen: which plot, which places, which steps.

In: a premise, characters, perhaps a bible and earlier episodes.      Out: a Plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.hashing import digest
from assets.plots import BeatPlan, Move, Phrase, Plot, kinds, phrases, plots, words
from assets.sheets.bible import Bible, Language, Place
from assets.sheets.look import PlaceKind, Prop, TimeOfDay, Weather
from assets.sheets.story import Remembered, Structure
from stages.story.company import Person, speaking
from stages.story.premise import Premise

_RECENT = 2  # a plot is not reused for this many episodes
_CONTENDERS = 3
OWN_DEED = "deed"  # the plot that tells what the premise itself says is done


@dataclass(frozen=True)
class Site:
    """One place of the story: its heading, its set for the rig, its description."""

    name: str
    kind: PlaceKind
    look: str = ""


@dataclass(frozen=True)
class Step:
    """A move with a name of its own, so that it is the same in another arrangement."""

    name: str
    move: Move


@dataclass(frozen=True)
class Act:
    """One beat with its steps."""

    part: str
    summary: Phrase
    site: Site
    hour: TimeOfDay
    weather: Weather
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that is decided before the words."""

    premise: Premise
    language: Language
    plot: Plot
    company: tuple[Person, ...]
    prop: Prop
    values: dict[str, object]  # the values of the templates
    conditions: frozenset[str]
    acts: tuple[Act, ...]

    def fill(self, phrase: Phrase, who: Person | None = None, **more: str) -> str:
        """``phrase`` in the story's language, as ``who`` would say it."""
        return self._filled(phrase.text(self.language), who, more)

    def gloss(self, phrase: Phrase, who: Person | None = None, **more: str) -> str:
        """``phrase`` in English: a writer model without Japanese scores this."""
        return self._filled(phrase.en, who, more)

    def fits(self, phrase: Phrase) -> bool:
        return (not phrase.when or phrase.when in self.conditions) and bool(phrase.text(self.language))

    def _filled(self, template: str, who: Person | None, more: Mapping[str, str]) -> str:
        others = [person for person in self.company if who is not None and person.role != who.role]
        voice = speaking(who, others[0]) if who and others else {}
        text = " ".join(template.format(**{**self.values, **voice, **more}).split())
        return text[:1].upper() + text[1:]


def contenders(
    premise: Premise, bible: Bible | None, earlier: Sequence[Remembered], *, seed: int
) -> tuple[Plot, ...]:
    """The plots that suit the premise, best first; recently used ones come last."""
    recent = {episode.plot for episode in earlier[-_RECENT:]}
    places = {place.kind for place in bible.places} if bible else set()

    def suits(plot: Plot) -> tuple[float, str]:
        hits = len({hit.text for hit in kinds(plot.id).hits(premise.text)})
        scene = (premise.place in plot.places) * 0.5 + len(places & set(plot.places)) * 0.2
        score = hits + scene + (premise.prop == plot.prop) * 0.5 - (plot.id in recent) * 4
        score -= (_thing(premise, plot) in plot.unfit) * 3
        return -score, digest([plot.id, premise.text, seed])

    ordered = sorted((plot for plot in plots() if plot.id != OWN_DEED), key=suits)
    best = suits(ordered[0])[0]
    return tuple(plot for plot in ordered[:_CONTENDERS] if suits(plot)[0] <= best + 0.6)


def own_deed() -> Plot:
    """The plot for a premise that says who does what."""
    return next(plot for plot in plots() if plot.id == OWN_DEED)


@dataclass(frozen=True)
class Surroundings:
    """What a story is told in: the show, the language, the episodes before it."""

    bible: Bible | None
    language: Language
    earlier: Sequence[Remembered]


def plan(
    premise: Premise, plot: Plot, company: tuple[Person, ...], around: Surroundings, *, seed: int
) -> Plan:
    """The shortest form of the story; ``stages.story.length`` extends it."""
    bible, language, earlier = around.bible, around.language, around.earlier
    kind = _thing(premise, plot)
    values, conditions = _values(premise, kind, company, language, earlier)
    sites = _sites(premise, plot, bible, language, seed)
    acts = tuple(_act(beat, premise, sites, plot.id, index) for index, beat in enumerate(plot.beats))
    return Plan(premise, language, plot, company, kind, values, conditions, acts)


def _thing(premise: Premise, plot: Plot) -> Prop:
    """The thing the story is about: the premise's, else one of its place, else the plot's."""
    return premise.prop or (words().places[premise.place][3] if premise.place else plot.prop)


def _values(
    premise: Premise, kind: Prop, company: Sequence[Person], language: Language, earlier: Sequence[Remembered]
) -> tuple[dict[str, object], frozenset[str]]:
    own = premise.language == language
    english, japanese, how = words().props[kind]
    plain = english if language == "en" else japanese
    noun = premise.noun if own and premise.noun else plain
    item = premise.item if own and premise.item else noun
    if own and premise.topic and not premise.prop and premise.topic.upper() != premise.place_name.upper():
        # The dialogue names the premise's subject even if the rig has no picture of it.
        item, noun, how = premise.topic, premise.topic.split()[-1], "standing"
    before = earlier[-1].thing.get(language, "") if earlier else ""
    values: dict[str, object] = {
        **{person.role: person for person in company},
        "item": item,
        "prop": noun,
        "Prop": " ".join(word.capitalize() for word in noun.split()),
        "topic": premise.topic if own and premise.topic != item else "",
        "goal": premise.wish if own else "",
        "last": before if before != item else "",
    }
    if premise.deed:
        values |= premise.deed.values(company[0].name, company[1].name)
    told = {"topic": "topic", "goal": "goal", "before": "last"}
    return values, frozenset((how, *(name for name, key in told.items() if values[key])))


def _sites(premise: Premise, plot: Plot, bible: Bible | None, language: Language, seed: int) -> list[Site]:
    """Three places, the premise's own first. A show uses only its own places."""
    if bible and bible.places:
        return _own_sites(premise, plot, bible.places, language)
    first, *rest = plot.places
    sites = [_site(kind, language) for kind in (premise.place or first, *rest)]
    if premise.place and premise.language == language and premise.place_name:
        own = premise.place_name.upper()
        # For a place with a name of its own only the set is known, not its furniture.
        sites[0] = (
            sites[0]
            if own == sites[0].name
            else Site(own, premise.place, _somewhere(own, premise.place, language))
        )
    return sites


def _site(kind: PlaceKind, language: Language) -> Site:
    found, at = words().places[kind], 0 if language == "en" else 1
    return Site(found[at], kind, found[4 + at])


def _somewhere(name: str, kind: PlaceKind, language: Language) -> str:
    found = words().somewhere[words().places[kind][2]]
    return found[int(digest(name)[:4], 16) % len(found)][0 if language == "en" else 1]


def _own_sites(premise: Premise, plot: Plot, places: Sequence[Place], language: Language) -> list[Site]:
    def near(place: Place) -> tuple[bool, bool]:
        named = any(name.casefold() in premise.text.casefold() for name in place.names)
        return (not named, place.kind != premise.place)

    first = min(places, key=near)
    rest = [place for place in places if place is not first]
    chosen = [first]
    for kind in plot.places[1:]:
        same = [place for place in rest if place.kind == kind]
        # A crowd does not fit a bedroom: the first place again is better than one of another kind.
        alike = [place for place in rest if words().places[place.kind][2] == words().places[kind][2]]
        chosen.append(next(iter((*same, *alike)), first))
        rest = [place for place in rest if place is not chosen[-1]]
    return [_own_site(place, language) for place in chosen]


def _own_site(place: Place, language: Language) -> Site:
    """The bible's words for the place, if they are in the script's language."""
    about = " ".join(place.about.split())
    tells = about and about.isascii() == (language == "en") and len(about) <= 140
    name = _named(place, language)
    return Site(name, place.kind, about if tells else _somewhere(name, place.kind, language))


def _named(place: Place, language: Language) -> str:
    fitting = [name for name in place.names if name.isascii() == (language == "en")]
    name = " ".join(next(iter(fitting), place.names[0]).split())
    return name.upper() if language == "en" else name


def _act(beat: BeatPlan, premise: Premise, sites: Sequence[Site], plot: str, index: int) -> Act:
    steps = tuple(Step(f"{plot} {beat.part} {at + 1}", move) for at, move in enumerate(beat.moves))
    hour = premise.hour if premise.hour and index == 0 else beat.hour
    weather = beat.weather or premise.weather or "clear"
    return Act(beat.part, beat.sum, sites[beat.at], hour, weather, steps)


def trial(index: int, acts: Sequence[Act]) -> Act:
    """A failed attempt, in the place of the beat before it."""
    found = phrases().trials[index]
    steps = tuple(Step(f"trial {index + 1} {at + 1}", move) for at, move in enumerate(found.moves))
    where = acts[before_trials(acts)]
    return Act("trial", found.sum, where.site, where.hour, where.weather, steps)


def before_trials(acts: Sequence[Act]) -> int:
    """The beat after which the two can try something: the second, or the first if the second has only one person."""
    second = next((at for at, act in enumerate(acts) if act.part == "sho"), 0)
    return second if together(acts[second]) else 0


def together(act: Act) -> bool:
    """Whether both of the two speak in this act."""
    return {"A", "B"} <= {step.move.say for step in act.steps if not step.move.spare}


def exchange(name: str, index: int, moves: Sequence[Move]) -> tuple[Step, ...]:
    """A small exchange that fits anywhere two people are at rest."""
    return tuple(Step(f"{name} {index + 1} {at + 1}", move) for at, move in enumerate(moves))


def structured(plan: Plan, structure: Structure) -> tuple[Act, ...]:
    """Three acts try, fail and try again; ki-sho-ten-ketsu turns without a conflict."""
    if structure == "kishotenketsu":
        return plan.acts
    which = int(digest([plan.premise.text, "trial"])[:4], 16) % len(phrases().trials)
    at = before_trials(plan.acts) + 1
    return (*plan.acts[:at], trial(which, plan.acts), *plan.acts[at:])
