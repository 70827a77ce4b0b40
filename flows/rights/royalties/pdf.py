"""Draw a statement as a PDF: what is owed, from what, by which rule, and how to check it.

In: a Statement, the payee's name, the rules.      Out: the bytes of a PDF; the same for the same input.
The shipped typeface is embedded, so that Japanese names show everywhere. Every step is in the CSV and the JSON.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from assets import fonts
from assets.rights.royalties.money import DECIMALS, written
from assets.sheets.royalties import RoyaltyRule
from assets.sheets.statement import Owed, Statement
from flows.rights.royalties.rules import told

REGULAR, BOLD = "BIZ-UDPGothic", "BIZ-UDPGothic-Bold"
INK, RULE, PALE = "#1c1c1c", "#9a9a9a", "#f2f2f0"
_NAMES = {
    "base": "models", "loras": "LoRAs", "references": "reference pictures", "voices": "voices", "music": "music",
    "works": "works shown in training", "absent": "parts that a cut does not use",
}  # fmt: skip


def rendered(statement: Statement, name: str, salt: str, rules: dict[int, RoyaltyRule]) -> bytes:
    """The PDF.

    salt  goes into the file, unseen, so that its hash in the ledger tells nobody the name
    """
    from reportlab.platypus import SimpleDocTemplate

    _register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        title=f"Statement of royalties {statement.period}/{statement.payee}",
        author="Sakuga",
        keywords=salt,
        invariant=1,  # no time of making in the file
        leftMargin=51,
        rightMargin=51,
        topMargin=51,
        bottomMargin=51,
    )

    def footer(canvas: Any, _: Any) -> None:
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(RULE)
        canvas.drawString(51, 28, f"{statement.period}/{statement.payee} · ledger to event {statement.through} "
                                  f"({statement.through_hash[:16]}…)")  # fmt: skip
        canvas.drawRightString(document.pagesize[0] - 51, 28, str(canvas.getPageNumber()))

    document.build(list(_story(statement, name, rules)), onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


def _story(statement: Statement, name: str, rules: dict[int, RoyaltyRule]) -> Iterator[Any]:
    from reportlab.platypus import Spacer

    yield _text("Statement of royalties · 使用料計算書", 17, bold=True)
    yield Spacer(1, 10)
    who = statement.payee if name == statement.payee else f"{name} ({statement.payee})"
    yield _grid([["For · 宛名", who], ["Period · 期間", statement.period], *_totals(statement)], [90, 391])
    yield Spacer(1, 16)
    yield _text("What it is for · 内訳", 11, bold=True)
    yield Spacer(1, 5)
    yield _pools(statement)
    yield Spacer(1, 16)
    yield _text("From what · 対象", 11, bold=True)
    yield Spacer(1, 5)
    yield _parts(statement)
    for number, rule in rules.items():
        yield Spacer(1, 16)
        yield _text(f"Rule {rule.id}, published as event {number} · 配分規則", 11, bold=True)
        yield Spacer(1, 3)
        yield from (_text(line, 8.5) for line in told(rule))
    yield Spacer(1, 16)
    yield _text("How it is computed, and how to check it · 検算", 11, bold=True)
    yield Spacer(1, 3)
    yield from (_text(line, 8.5) for line in _HOW)


_HOW = (
    "1. A pool is the money of one training or one delivery. Its sum follows from the rule and from the exposures or "
    "seconds in the ledger, rounded once to whole units of the currency.",
    "2. Your share is the sum of your steps: for each cut and each thing it was made with, seconds of the cut / "
    "seconds of the delivery × part of the table × weight within the part × your share of the work. The CSV and the "
    "JSON beside this file list every step as an exact fraction.",
    "3. Everybody gets the whole units of their exact amount. Units left over go to the largest remainders; equal "
    "remainders are ordered by the SHA-256 of the pool's number and the payee's id.",
    "4. Ask for the ledger's export and run: python verify_statement.py LEDGER.jsonl STATEMENT.json. The program comes "
    "with the export, computes all of this again, and needs nothing of Sakuga.",
)


def _totals(statement: Statement) -> list[list[str]]:
    return [["Total · 合計", written(amount, currency)] for currency, amount in statement.totals.items()]


def _pools(statement: Statement) -> Any:
    rows = [["Pool", "For", "Units", "In the pool", "Your share", "Yours"]]
    for one in statement.owed:
        units = f"{float(Fraction(one.units)):,.2f} " + ("exposures" if one.kind == "training" else "s")
        what = "training of" if one.kind == "training" else "delivery of"
        rows.append(
            [
                one.pool,
                f"{what} {one.subject}",
                units,
                written(one.total, one.currency),
                f"{float(one.share):.4%}",
                written(one.amount, one.currency),
            ]
        )
    return _grid(rows, [72, 104, 92, 78, 60, 75], header=True)


def _parts(statement: Statement) -> Any:
    """Pool by pool, what the works are in; one row per kind, not per cut."""
    rows = [["Pool", "Through", "Cuts", "Things", "Share of the pool", "Exact amount"]]
    for one in statement.owed:
        for part in dict.fromkeys(step.part for step in one.steps):
            rows.append(_part(one, part))
    return _grid(rows, [72, 125, 42, 48, 97, 97], header=True)


def _part(one: Owed, part: str) -> list[str]:
    steps = [step for step in one.steps if step.part == part]
    share = sum((Fraction(step.share) for step in steps), Fraction(0))
    cuts = {step.cut for step in steps if step.cut}
    exact = float(share * one.total / 10 ** DECIMALS[one.currency])
    return [
        one.pool,
        _NAMES.get(part, part),
        str(len(cuts) or ""),
        str(len({step.name for step in steps if step.name}) or ""),
        f"{float(share):.4%}",
        f"{exact:,.{DECIMALS[one.currency] + 3}f} {one.currency}",
    ]


def _grid(rows: list[list[str]], widths: list[float], *, header: bool = False) -> Any:
    from reportlab.platypus import LongTable

    cells = [
        [_text(cell, 7.8, bold=header and not number) for cell in row] for number, row in enumerate(rows)
    ]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    style += [("BACKGROUND", (0, 0), (-1, 0), PALE)] if header else []
    return LongTable(cells, colWidths=widths, style=style, hAlign="LEFT", repeatRows=1 if header else 0)


def _text(text: str, size: float, *, bold: bool = False) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "s",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.4,
        textColor=INK,
        wordWrap="CJK",
    )
    return Paragraph(escape(fonts.drawable(text)), style)


@cache
def _register() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont(REGULAR, str(fonts.path())))
    pdfmetrics.registerFont(TTFont(BOLD, str(fonts.path(bold=True))))
