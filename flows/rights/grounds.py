"""What an ingredient rests on: the registered work, what that derives from, and the people behind all of it.

In: an ingredient, the registry.      Out: a Ground, with every work and person at any depth.
A model nobody registered has what its card or the catalogue of weights says about its data.
"""

from collections.abc import Iterator

from assets.rights.licences import alternatives, written
from assets.rights.registry import Registry
from assets.sheets.base import Part
from assets.sheets.dataset import Rights
from assets.sheets.rights import Work
from assets.sheets.usage import Ingredient, Usage
from flows.rights.clearance import FONT
from models.registry import ADAPTERS, adapter
from models.weights.catalogue import known


class Holder(Part):
    """A person behind a work, and the grant that allows its use."""

    id: str
    name: str
    share: int
    grant: str = ""
    licence: str = ""


class WorkGround(Part):
    """A registered work."""

    id: str
    title: str
    kind: str
    terms: str
    people: tuple[Holder, ...] = ()
    derives_from: tuple[str, ...] = ()


class Ground(Part):
    """Everything an ingredient rests on, the work itself first; ``statement`` where nothing is registered."""

    works: tuple[WorkGround, ...] = ()
    statement: str = ""


def rests_on(usage: Usage, registry: Registry, script: str = "") -> Iterator[Ingredient]:
    """Everything a delivery rests on but voices, which are parts of their models; the font, which all show.

    script  SHA-256 of the episode's script, if it is known: somebody wrote it
    """
    if script:
        yield Ingredient(kind="reference", key=script, role="option")
    yield from (one for one in usage.ingredients if one.kind != "voice")
    font = registry.works.get(FONT)
    if font is not None:
        yield Ingredient(kind="reference", key=font.files[0], role="option")


def ground(ingredient: Ingredient, registry: Registry) -> Ground:
    """What ``ingredient`` rests on, as far as anybody has said."""
    work = work_of(ingredient, registry)
    if work is not None:
        return Ground(works=tuple(_told(each, registry) for each in beneath(work, registry)))
    return Ground(statement=statement(ingredient))


def work_of(ingredient: Ingredient, registry: Registry) -> Work | None:
    """The registered work: by a file's hash, or by a model's revision, where that is a hash."""
    return registry.work_of(ingredient.key.rpartition("@")[2].removeprefix("sha256:"))


class Stated(Part):
    """What the makers of a model, or we, say of it."""

    licence: str
    data: str
    data_class: str


def stated(ingredient: Ingredient) -> Stated | None:
    """The statement of a model's card, or of the catalogue of weights; None for what is no model."""
    if ingredient.kind != "model":
        return None
    port, _, named = ingredient.key.partition("/")
    name = named.partition("@")[0]
    if (port, name) in ADAPTERS:
        card = adapter(port, name).card  # type: ignore[arg-type]
        return Stated(licence=card.licence, data=card.training_data, data_class=card.data)
    about = known(ingredient.key.partition("@")[0])
    if about is None:
        return None
    return Stated(licence=about.licence, data=about.training_data, data_class="undisclosed")


def statement(ingredient: Ingredient) -> str:
    """What is said of something that nobody registered, as a sentence."""
    if ingredient.kind in ("lora", "reference"):
        return "not registered: `sakuga rights add` registers it with its maker and grant"
    if ingredient.kind == "voice":
        return "a voice of the speech model beside it"
    said = stated(ingredient)
    return (
        f"{said.licence}; trained on: {said.data} ({said.data_class})"
        if said
        else "nothing is known of its data"
    )


def licence_of(stated: Rights, registry: Registry) -> str:
    """The licence of a work in a dataset: as it was stated there, or that of its grant."""
    grant = registry.grants.get(stated.grant)
    found = stated.licence or (grant.licence if grant else f"LicenseRef-{stated.grant}")
    return written(alternatives(found))


def beneath(work: Work, registry: Registry) -> Iterator[Work]:
    """The work and everything it derives from, each once."""
    seen, waiting = {work.id}, [work]
    while waiting:
        one = waiting.pop(0)
        yield one
        for source in one.sources:
            if source.work not in seen:
                seen.add(source.work)
                waiting.append(registry.works[source.work])


def _told(work: Work, registry: Registry) -> WorkGround:
    grants, terms = registry.grants_of(work), registry.terms(work)
    where = "worldwide" if terms.territories is None else ", ".join(sorted(terms.territories)) or "nowhere"
    people = []
    for credit in work.made_by:
        grant, person = grants.get(credit.person), registry.people.get(credit.person)
        people.append(
            Holder(
                id=credit.person,
                name=person.name if person else "",
                share=credit.share,
                grant=grant.id if grant else "",
                licence=grant.licence if grant else "",
            )
        )
    return WorkGround(
        id=work.id,
        title=work.title,
        kind=work.kind,
        terms=f"{terms.data_class}; {written(terms.licences)}; {where}"
        + (f"; until {terms.ends}" if terms.ends else ""),
        people=tuple(people),
        derives_from=tuple(source.work for source in work.sources),
    )
