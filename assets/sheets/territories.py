"""The codes of territories: countries by ISO 3166-1, and the European Union.

In: codes that a person typed.      Out: the codes, or a sentence about what is wrong with one.
Knows nothing about what a territory's law asks (assets/rights/labels.py).
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
COUNTRIES = frozenset(_COUNTRIES.split())
"""ISO 3166-1 alpha-2, the 249 codes in force in November 2026."""

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
UNIONS = {"EU": frozenset(_EU.split())}
"""Codes that stand for all their members."""
WORLDWIDE = "worldwide"
"""Stands for every territory, those included whose law asks for something."""

_MEANT = {"UK": "GB", "EL": "GR"}


def _known(code: str) -> str:
    if code in COUNTRIES or code in UNIONS or code == WORLDWIDE:
        return code
    usual = "such as JP, CN or DE, EU for all its members, or worldwide"
    instead = f"write {_MEANT[code]}" if code in _MEANT else usual
    raise ValueError(f"{code} is no code of a territory; use ISO 3166-1 alpha-2: {instead}")


Listed = Annotated[
    str,
    Field(pattern=r"^([A-Z]{2}|worldwide)$", description="ISO 3166-1 alpha-2, such as JP; EU; or worldwide"),
    AfterValidator(_known),
]
"""A code that is known to be a territory's."""


def countries(codes: Iterable[str]) -> frozenset[str]:
    """``codes`` with the members in place of their union, and every country for ``worldwide``."""
    members = {**UNIONS, WORLDWIDE: COUNTRIES}
    return frozenset().union(*(members.get(code, frozenset({code})) for code in codes))
