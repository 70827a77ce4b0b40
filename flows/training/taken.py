"""Find the pictures of a show that a person approved, and that may be trained on.

In: a store, a vault, a show, a policy.      Out: pictures with their captions, rights and approvals.
A client's policy decides, and its default is no. Only what a person let pass at a gate counts: no cut that was remarked
on or that a later gate sent back, and no picture with words on it, which are set and not painted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assets.errors import RightsRefused
from assets.matter import Still
from assets.media.picture import from_png, to_png
from assets.media.video import clip_of
from assets.rights.clearance import Used, clear
from assets.rights.licences import written
from assets.rights.terms import joined
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.dataset import Rights
from assets.sheets.policy import Policy
from assets.sheets.production import Ref
from assets.sheets.review import Board, Shown
from assets.sheets.validation import Subject
from assets.store import Gate, Store
from assets.vault import Vault
from flows.episode.profile import Profile
from models.card import Card
from models.cel.sampling import caption
from models.clearance import used as used_of
from models.lease import card_with
from models.ports import Shot
from stages.shots.shot import seed_of, shot
from stages.validation.columns import showing

KINDS = ("storyboard", "takes", "final")


@dataclass(frozen=True)
class Taken:
    """One approved picture.

    take      show/episode/cut and which picture of it
    event     number of the ledger's event by which a person approved it
    still     the picture, for its fingerprint and size
    layout    the rough it was painted over, for a painter of the rig's grammar
    """

    take: str
    event: int
    ref: Ref
    still: Still
    caption: str
    rights: Rights
    layout: Ref | None = None


def required_allowed(rules: Policy, show: str) -> None:
    """Refuse unless the client's policy says that its takes may be trained on."""
    if rules.train_on_takes != "allow":
        raise RightsRefused(
            f"Approved takes of {show} may not be trained on under policy {rules.name}: its train_on_takes is 'deny', "
            "which is the default. If the client agreed in writing, say so in the client's policy (train_on_takes: "
            "allow, approval: ID OF THE AGREEMENT), and give that file with --policy."
        )


def taken(store: Store, vault: Vault, subject: Subject, profile: Profile, rules: Policy) -> tuple[Taken, ...]:
    """Every picture of the show that a person approved and that shows the subject, oldest approval first.

    raises  RightsRefused for a model whose output may not be trained on under the policy
    """
    required_allowed(rules, subject.show)
    found: dict[str, _Approved] = {}
    for episode in store.episodes():
        if episode.show == subject.show:
            for gate in store.gates(episode.key):
                _heard(gate, store, found)
    terms = _Terms(profile, rules, subject.show)
    pictures = (one for approved in found.values() for one in _pictures(approved, vault, subject, terms))
    return tuple(sorted(pictures, key=lambda one: (one.event, one.take)))


@dataclass(frozen=True)
class _Approved:
    """A cut as a person let it pass."""

    episode: str
    board: Board
    cut: Shown
    event: int


def _heard(gate: Gate, store: Store, found: dict[str, _Approved]) -> None:
    """Note what the decision at a gate says about each cut; the last decision counts."""
    if gate.kind not in KINDS or gate.state != "decided":
        return
    review = next((one for one in store.reviews(gate.episode) if one.id == gate.review), None)
    if review is None or review.door == "auto":
        return
    board = gate.shows.with_choices(review.choices)
    remarked = {remark.cut for remark in review.remarks}
    [event] = store.ledger.events(kind="review.decided", subject=f"{gate.episode}/{gate.kind}/{gate.round}")
    for cut in board.cuts:
        key = f"{gate.episode}/{cut.cut}"
        if review.verdict == "approve" and cut.cut not in remarked and not cut.stale:
            found[key] = _Approved(gate.episode, board, cut, event.number)
        elif cut.cut in remarked:
            found.pop(key, None)


def _pictures(approved: _Approved, vault: Vault, subject: Subject, terms: "_Terms") -> Iterator[Taken]:
    """The panel; at the gates of takes also the middle of the take, whose rough would be another one."""
    sheet = Cutsheet.from_json(vault.get(approved.board.sheet).decode(), "the cut sheet of a review")
    cut = next((one for one in sheet.cuts if one.number == approved.cut.cut), None)
    panel = approved.cut.panel
    if cut is None or panel is None or cut.text or cut not in showing(sheet, subject):
        return
    painter = terms.painter(approved.cut.painter)
    still = from_png(vault.get(panel.image))
    what = shot(sheet, cut, (still.shape[1], still.shape[0]))
    grammar = painter.dialect == "grammar"
    named = f"{approved.episode}/{cut.number}"
    first = Taken(
        f"{named}/panel",
        approved.event,
        panel.image,
        still,
        caption(what) if grammar else panel.prompt or cut.action,
        terms.of(painter),
        _rough(what, seed_of(cut.number, panel.attempt, terms.profile.storyboard.seed), vault)
        if grammar
        else None,
    )
    yield first
    shown = approved.cut.shown
    if approved.board.kind in ("takes", "final") and shown is not None:
        clip = clip_of(vault.local(shown.clip))
        [middle] = clip.some([len(clip) // 2])
        ref = vault.keep(to_png(middle), "image/png")
        yield replace(
            first,
            take=f"{named}/take{shown.number}",
            ref=ref,
            still=middle,
            rights=terms.of(painter, terms.animator),
            layout=None,
        )


def _rough(what: Shot, seed: int, vault: Vault) -> Ref:
    """The rig's drawing that a painter of its grammar paints over: without it only details are learnt."""
    from models.house.layout import Layouts

    drawn = Layouts(what, seed=seed, frames=what.cut.frames).rough(0)
    return vault.keep(to_png(drawn), "image/png")


@dataclass(frozen=True)
class _Terms:
    """What pictures inherit from the models that made them."""

    profile: Profile
    rules: Policy
    show: str

    def painter(self, name: str) -> Card:
        own = self.profile.machines.painter
        return card_with("painter", name or own.name, own.options if name in ("", own.name) else {})

    @property
    def animator(self) -> Card:
        return self.profile.machines.animator_card

    def of(self, *cards: Card) -> Rights:
        """The strictest terms of these models; refused where the policy does not let them be trained on."""
        used: list[Used] = [used_of(card, self.rules, "train", date.today()) for card in cards]
        clear(used, self.rules, "train", on=date.today())
        terms = joined(one.terms for one in used)
        return Rights(
            creator=f"the production of {self.show}",
            licence=written(terms.licences)[:200],
            training_data=terms.data_class,
        )
