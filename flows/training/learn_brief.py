"""The order to learn from approved takes: one form for the command line, a schedule and Prefect's page.

In: a LearnBrief.      Out: a Learned, through the trainer and the validation.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field

from assets.errors import InputRefused
from assets.sheets.base import Part
from assets.sheets.dataset import Manifest
from assets.sheets.rights import DataClass
from flows.rights.model_credentials import signed_if_set
from flows.settings import settings
from flows.training import learning, recording, validation
from flows.training import lora as training
from flows.training.learning import Learned, Train
from flows.training.order import Family, Order
from flows.training.subjects import strengths_of, subject_of
from flows.training.validation import Place


class LearnBrief(Part):
    """What is learnt, on which base, and how it is validated."""

    show: str = Field(min_length=1, max_length=500, description="The show: a folder, or a bible.yaml")
    character: str = Field(default="", max_length=64, description="Id of the character; empty: the style")
    core: str = Field(min_length=1, max_length=64, description="Frozen dataset of original art")
    held_out: str = Field(
        min_length=1, max_length=64, description="Frozen dataset of art that is never trained on"
    )
    policy: str = Field(
        default="own-or-licensed",
        min_length=1,
        max_length=500,
        description="The client's policy; its train_on_takes must be 'allow'",
    )
    base: Path = Field(description="Folder of the base model, as diffusers saves it")
    licence: str = Field(min_length=1, max_length=200, description="Licence of the base model")
    data: DataClass = Field(default="undisclosed", description="Origin of the base model's training data")
    family: Family = Field(default="sdxl", max_length=64, description="Family of the base model")
    script: Path | None = Field(default=None, description="A script of the show whose cuts are held out")
    episode: str = Field(default="", max_length=64, description="Or an episode that was produced")
    profile: str = Field(default="house", min_length=1, max_length=500)
    share: float = Field(
        default=0.3, gt=0, lt=1, description="Most that approved pictures may be of all showings"
    )
    most: int = Field(default=200, ge=1, le=10_000, description="Newest approved pictures that are used")
    rank: int = Field(default=16, ge=1, le=512)
    steps: int = Field(default=1000, ge=1, le=1_000_000)
    rate: float = Field(default=1e-4, ge=1e-8, le=1)
    batch: int = Field(default=1, ge=1, le=64)
    strengths: str = Field(default="0.4,0.7,1", max_length=100)
    cuts: int = Field(default=6, ge=1, le=24, description="Most cuts that are painted")
    judges: bool = True
    style: Literal["diffusers", "comfyui"] = "diffusers"
    out: Path = Field(default=Path("episodes"), description="Folder of the project")


def learn(brief: LearnBrief, where: Place, train: Train | None = None) -> Learned:
    """Learn as the brief says.

    train  another trainer than ours, for tests
    """
    if brief.script is None and not brief.episode:
        raise InputRefused("Give a script of the show, or an episode: its cuts are painted to validate.")
    subject = subject_of(brief.show, brief.character, "")
    wanted = validation.Order(
        lora=brief.base,
        name="learnt",
        subject=subject,
        show=brief.show,
        held_out=brief.held_out,
        profile=brief.profile,
        script=brief.script,
        episode=brief.episode,
        strengths=strengths_of(brief.strengths),
        cuts=brief.cuts,
        judges=brief.judges,
    )
    order = learning.Order(subject, brief.core, brief.policy, wanted, brief.share, brief.most)
    return learning.learn(order, train or _trainer(brief, where), where)


def _trainer(brief: LearnBrief, where: Place) -> Train:
    def train(manifest: Manifest, name: str) -> Path:
        order = Order(
            name=name,
            dataset=manifest.name,
            base=brief.base,
            licence=brief.licence,
            data=brief.data,
            family=brief.family,
            rank=brief.rank,
            alpha=float(brief.rank),
            batch=brief.batch,
            steps=brief.steps,
            rate=brief.rate,
            style=brief.style,
            policy=brief.policy,
        )
        out = where.out / "loras" / f"{name}.safetensors"
        talk = training.Talk(where.tell)
        art = training.Holdings(where.vault, where.store.rights.registry())
        made = training.train(order, art, out, settings(brief.out).device, talk)
        recording.trained(where.store, made, by=where.by)
        signed_if_set(made.path, where.store)
        return made.path

    return train
