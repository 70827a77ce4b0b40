"""Cuts with equal LoRAs are made one after another: few exchanges, and the same bytes."""

from dataclasses import replace
from itertools import pairwise

import pytest

from assets.sheets.bible import Art, Character, Lora, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.vault import Vault
from models.sdxl.adapter import SdxlPainter
from models.sdxl.options import SdxlOptions
from models.weights import Weights
from stages.shots.shot import by_loras, equipped, lora_set, shot
from tests.models.tiny import lora, pipelines

SIZE = (64, 64)


def sheet(files):
    """Six cuts: aoi and ren in turns, and one of nobody; each has a LoRA of their own."""
    cast = tuple(
        Character(id=name, names=(name.upper(),), art=Art(loras=(one,))) for name, one in files.items()
    )
    who = ("aoi", "ren", "aoi", "", "ren", "aoi")
    cuts = tuple(
        Cut(
            number=f"C{number:03}", scene="S01", place="roof", size="medium", frames=24,
            staged=(Staged(character=name),) if name else (),
        )
        for number, name in enumerate(who, 1)
    )  # fmt: skip
    return Cutsheet(
        episode="ep", title="Ep", cast=cast, places=(Place(id="roof", names=("ROOF",)),), cuts=cuts
    )


def named(name, strength=1.0):
    return Lora(file=f"{name}.safetensors", base="sdxl", sha256=f"{ord(name[0]):064x}", strength=strength)


SHEET = sheet({"aoi": named("aoi"), "ren": named("ren", 0.5)})


def exchanges(cuts, of, card):
    sets = [lora_set(cut, of, card) for cut in cuts]
    return sum(one != other for one, other in pairwise(sets))


def test_cuts_with_equal_loras_follow_one_another_and_otherwise_keep_their_order():
    """Characters who speak in turns made the model exchange its LoRAs at every cut."""
    ordered = by_loras(SHEET.cuts, SHEET, SdxlPainter.card)

    assert [cut.number for cut in ordered] == ["C001", "C003", "C006", "C002", "C005", "C004"]
    assert (exchanges(SHEET.cuts, SHEET, SdxlPainter.card), exchanges(ordered, SHEET, SdxlPainter.card)) == (
        5,
        2,
    )


def test_a_model_without_loras_makes_the_cuts_in_their_order():
    card = SdxlPainter.card.model_copy(update={"accepts": frozenset()})

    assert by_loras(SHEET.cuts, SHEET, card) == list(SHEET.cuts)


@pytest.mark.slow
def test_the_order_changes_how_often_a_lora_is_read_and_no_byte(tmp_path):
    folder = pipelines.save("sdxl", tmp_path / "sdxl")
    options = SdxlOptions(weights=Weights(path=folder), steps=1, hotswap_rank=2)
    vault = Vault.open(tmp_path / "vault")
    made = SdxlPainter.load("cpu", options)
    files = {}
    for seed, name in enumerate(("aoi", "ren")):
        path = lora.peft(
            tmp_path / f"{name}.safetensors", lora.matrices(made._placed.pipe.unet, seed=seed), "unet"
        )
        ref = vault.put(path.read_bytes(), Lora.media_type)
        files[name] = named(name).model_copy(update={"sha256": ref.sha256, "bytes": ref.bytes})
    of = sheet(files)

    def painted(cuts):
        model, pictures, reads, held = SdxlPainter.load("cpu", options), {}, 0, ()
        for cut in cuts:
            given = equipped(shot(of, cut, SIZE, model.card), of, model.card, vault)
            given = replace(given, prompt=replace(given.prompt, negative=""))
            pictures[cut.number] = model.paint(given, seed=7).tobytes()
            reads += model._rack.loaded != held
            held = model._rack.loaded
        return pictures, reads

    in_turns, grouped = painted(of.cuts), painted(by_loras(of.cuts, of, made.card))

    assert (in_turns[1], grouped[1]) == (5, 2)
    assert in_turns[0] == grouped[0]


@pytest.mark.parametrize("weights", [(1, 9, 5), (9, 1, 5)])
def test_workers_are_given_group_after_group_and_the_longest_of_a_group_first(weights):
    from assets.sheets.base import Part
    from flows.cluster.stage import in_turn
    from stages.work import Order

    common = Part()
    orders = [Order(common, common, weight, group) for group in ("a", "b") for weight in weights]

    found = [orders[at] for at in in_turn(orders)]

    assert [(one.group, one.weight) for one in found] == [
        (group, weight) for group in ("a", "b") for weight in (9, 5, 1)
    ]
