"""A list of every source an episode rests on, and its kind of licence, as certifiers of fair training ask for it.

In: the usage of a delivery, the registry.      Out: a row per source: a registered work, or a model as its card says.
"""

import csv
import io

from assets.rights.licences import written
from assets.rights.registry import Registry
from assets.sheets.base import Part
from assets.sheets.usage import Ingredient, Usage
from flows.rights.grounds import beneath, rests_on, stated, statement, work_of


class SourceRow(Part):
    """One source. ``evidence``: grants with the hash of the signed paper, or where the statement comes from."""

    source: str
    title: str
    kind: str
    used_by: str
    data_class: str
    licence: str
    evidence: str


def sources(usage: Usage, registry: Registry, script: str = "") -> tuple[SourceRow, ...]:
    """Every source once, in the order in which the episode uses them; first the script, by its SHA-256."""
    rows: dict[str, SourceRow] = {}
    for one in rests_on(usage, registry, script):
        work = work_of(one, registry)
        if work is None:
            said = stated(one)
            row = SourceRow(
                source=one.key,
                title=said.data if said else _unregistered(one, script),
                kind="text" if one.key == script else one.kind,
                used_by=one.key,
                data_class=said.data_class if said else "undisclosed",
                licence=said.licence if said else "unknown",
                evidence="statement of the model's card" if said else "none",
            )
            rows.setdefault(row.source, row)
            continue
        for each in beneath(work, registry):
            if each.sources and not each.made_by:
                continue  # it is made only of those beneath it
            terms = registry.terms(each)
            grants = registry.grants_of(each).values()
            evidence = [
                f"{grant.id} ({f'paper {grant.paper}' if grant.paper else 'no paper'})" for grant in grants
            ]
            row = SourceRow(
                source=each.id,
                title=each.title,
                kind=each.kind,
                used_by=one.key,
                data_class=terms.data_class,
                licence=written(terms.licences),
                evidence="; ".join(evidence) or "none",
            )
            rows.setdefault(row.source, row)
    return tuple(rows.values())


def _unregistered(one: Ingredient, script: str) -> str:
    return f"The script; {statement(one)}" if one.key == script else statement(one)


def as_csv(rows: tuple[SourceRow, ...]) -> str:
    """The list for a spreadsheet. A cell never begins like a formula."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(SourceRow.model_fields)
    out.writerows([_plain(str(cell)) for cell in row.model_dump().values()] for row in rows)
    return text.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
