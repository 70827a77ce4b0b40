"""What is proposed to a person, and what is told when nothing is gained."""

from assets.sheets.production import Ref
from assets.sheets.validation import Column, Readings
from stages.validation.measuring import closed, gains, proposed


def columns(*readings, strengths=(0.4, 1.0)):
    """Without, then one column for each strength: (style, identity, legible)."""
    ref = Ref(sha256="a" * 64, bytes=1, media_type="image/png")
    kinds = ["without", *["candidate"] * (len(readings) - 1)]
    return [
        Column(
            kind=kind, strength=strength, pictures=(ref,),
            readings=Readings(style=style, identity=identity, legible=legible),
        )
        for kind, strength, (style, identity, legible) in zip(kinds, (0, *strengths), readings, strict=True)
    ]  # fmt: skip


def test_the_nearest_strength_is_proposed_while_the_cut_can_be_read():
    found = columns((10, None, 0.8), (6, None, 0.7), (3, None, 0.3))

    assert proposed(found) == 0.4
    assert closed(found[1], found, 2) == 0.5
    assert gains(found, 2)


def test_a_character_is_judged_by_identity():
    assert proposed(columns((10, 0.2, 0.8), (12, 0.5, 0.8), (9, 0.4, 0.8))) == 0.4


def test_a_lora_that_only_does_harm_is_told_so():
    """A strength was marked as proposed although every one of them had spoilt the picture."""
    found = columns((3.57, 0.24, 0.70), (4.70, 0.24, 0.58), (5.53, 0.25, 0.45))

    assert not gains(found, 1.81)
