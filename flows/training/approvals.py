"""The gate of a trained LoRA: a person looks at its validation sheet, and approves or refuses it.

In: a validation, a verdict, who decides.      Out: an event in the ledger; or a DecisionRefused, and nothing changed.
The ledger is the only place where this is stored: an approval cannot be changed afterwards without being noticed.
Every way to decide (terminal, rushes room, Prefect) calls ``decide``.
"""

from dataclasses import dataclass
from typing import Any, Literal

from assets.errors import DecisionRefused, InputRefused
from assets.plain import clean, one_line
from assets.sheets.production import Ref
from assets.sheets.review import Door
from assets.sheets.validation import Validation
from assets.store import Event, Store
from assets.vault import Vault
from flows.review import rules, wake
from flows.training import validation

Verdict = Literal["approve", "refuse"]
LONGEST = 2000  # characters of a note


@dataclass(frozen=True)
class Standing:
    """One validation, and what was decided about it."""

    asked: Event
    decided: Event | None

    @property
    def document(self) -> Ref:
        return Ref.model_validate(self.asked.body["document"])

    @property
    def name(self) -> str:
        return str(self.asked.body["name"])

    @property
    def subject(self) -> str:
        return self.asked.subject

    @property
    def state(self) -> Literal["waits", "approved", "refused"]:
        if self.decided is None:
            return "waits"
        return "approved" if self.decided.body["verdict"] == "approve" else "refused"

    @property
    def strength(self) -> float | None:
        """The approved strength."""
        approved = self.state == "approved" and self.decided is not None
        return float(self.decided.body["strength"]) if approved and self.decided is not None else None

    @property
    def words(self) -> str:
        """The state in one sentence."""
        if self.decided is None:
            return f"waits since {self.asked.made_at[:16].replace('T', ' ')}"
        note = f": {self.decided.body['note']}" if self.decided.body.get("note") else ""
        at = f" at strength {self.strength:g}" if self.strength is not None else ""
        return f"{self.state}{at} by {self.decided.made_by} on {self.decided.made_at[:10]}{note}"

    def read(self, vault: Vault) -> Validation:
        return validation.read(self.document, vault)


def listed(store: Store) -> tuple[Standing, ...]:
    """Every validation, oldest first."""
    decided: dict[str, Event] = {}
    for event in store.ledger.events(kind="lora.decided"):
        decided.setdefault(str(event.body["document"]), event)
    asked = store.ledger.events(kind="lora.validated")
    return tuple(Standing(one, decided.get(str(one.body["document"]["sha256"]))) for one in asked)


def named(store: Store, name: str) -> Standing:
    """The newest validation of a LoRA of this name; or the one whose document's hash begins so."""
    everything = listed(store)
    found = [one for one in everything if one.name == name]
    if not found and len(name) >= 8:
        found = [one for one in everything if one.document.sha256.startswith(name)]
    if not found:
        known = ", ".join(dict.fromkeys(one.name for one in everything)) or "none"
        raise InputRefused(
            f"No LoRA called {name!r} was validated here. There are: {known}. Validate one: sakuga lora validate FILE"
        )
    return found[-1]


@dataclass(frozen=True)
class Decision:
    """What a person decides about one validation.

    document  hash of the document that was looked at
    strength  of the pictures that are approved
    """

    document: str
    verdict: Verdict
    strength: float | None = None
    note: str = ""


def decide(store: Store, vault: Vault, decision: Decision, *, by: str, door: Door) -> Event:
    """Record the decision. Of two people who decide at once, one succeeds and the other is told so."""
    by = rules.named(by)
    note = clean(decision.note).strip()[:LONGEST]
    made = _document(store, vault, decision.document)
    body: dict[str, Any] = {
        "document": decision.document,
        "lora": made.candidate.ref.sha256,
        **({"low": made.candidate.low.sha256} if made.candidate.low else {}),
        "name": made.candidate.name,
        "verdict": decision.verdict,
        "note": note,
        "door": door,
    }
    if decision.verdict == "approve":
        body["strength"] = _strength(decision, made)
    elif len(one_line(note)) < 3:
        raise DecisionRefused(
            "A refusal needs a reason: whoever trained the LoRA has to know what to change."
        )
    with store.batch():
        standing = of(store, decision.document)
        if standing.decided is not None:
            raise DecisionRefused(
                f"{standing.name} is decided already: {standing.words}. Nothing was changed."
            )
        event = store.ledger.append("lora.decided", str(made.subject), body, by=by)
    if door != "prefect":  # with Prefect's form the run itself calls this
        wake.wake(_Run(str(standing.asked.body.get("run", ""))))
    return event


@dataclass(frozen=True)
class _Run:
    """The run that waits for the decision."""

    run: str


def of(store: Store, document: str) -> Standing:
    """The validation whose document has this hash."""
    found = next((one for one in listed(store) if one.document.sha256 == document), None)
    if found is None:
        raise DecisionRefused("There is no such validation here. Look at the list again.")
    return found


def _document(store: Store, vault: Vault, document: str) -> Validation:
    return of(store, document).read(vault)


def _strength(decision: Decision, made: Validation) -> float:
    """Only a strength whose pictures were looked at can be approved."""
    strength = made.proposed if decision.strength is None else decision.strength
    if made.column(strength) is None:
        painted = ", ".join(f"{one:g}" for one in made.strengths)
        raise DecisionRefused(
            f"Strength {strength:g} was not painted, so nobody has seen it. Painted were {painted}; validate again "
            f"with --strengths {strength:g} to see it."
        )
    return strength
