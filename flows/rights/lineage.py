"""What a LoRA, a merged model or a dataset was made of, down to datasets and base models.

In: the ledger.      Out: events by the hash of what they made, and parts of a claim. Nothing is guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assets.credentials import Kind, Made, Part
from assets.store import Event, Store


@dataclass(frozen=True)
class Lineage:
    """The trainings, merges and datasets that a ledger knows.

    trainings, merges  by the hash of the file; the newest counts
    datasets           by their root
    """

    trainings: Mapping[str, Event]
    merges: Mapping[str, Event]
    datasets: Mapping[str, Event]

    @classmethod
    def of(cls, store: Store) -> "Lineage":
        def by(kind: str, key: str) -> dict[str, Event]:
            return {str(event.body[key]): event for event in store.ledger.events(kind=kind)}  # type: ignore[arg-type]

        return cls(
            by("training.completed", "output"), by("model.merged", "output"), by("dataset.frozen", "root")
        )

    def event(self, sha256: str) -> Event | None:
        """The event that made the file, or the dataset of this root."""
        return self.trainings.get(sha256) or self.merges.get(sha256) or self.datasets.get(sha256)

    def beneath(self, sha256: str) -> list[Part]:
        """Everything that a file was made of at any depth, each once, the nearest first."""
        found: dict[tuple[str, str], Part] = {}
        waiting, seen = [sha256], {sha256}
        while waiting:
            for part in self._parts(waiting.pop(0)):
                found.setdefault((part.name, part.sha256), part)
                if part.sha256 and part.sha256 not in seen:
                    seen.add(part.sha256)
                    waiting.append(part.sha256)
        return list(found.values())

    def base(self, sha256: str) -> Made | None:
        """The base model that the file was trained on."""
        training = self.trainings.get(sha256)
        base = training.body.get("base") if training else None
        return Made(str(base["name"]), _key(base)) if base else None

    def _parts(self, sha256: str) -> Iterator[Part]:
        if training := self.trainings.get(sha256):
            yield self._dataset(str(training.body["dataset"]))
            if base := training.body.get("base"):
                name = f"base model {_key(base)}, data {base['data']}"
                yield Part(name, sha256=str(base.get("weights", "")), kind=Kind.MODEL)
        elif merge := self.merges.get(sha256):
            for one, weight in merge.body["inputs"]:
                yield Part(f"{self.named(str(one))} at weight {weight}", sha256=str(one), kind=Kind.MODEL)
        # The works of a dataset are in its own credentials: an episode would name thousands.

    def _dataset(self, root: str) -> Part:
        frozen = self.datasets.get(root)
        return Part(f"dataset {frozen.subject if frozen else root[:12]}", sha256=root, kind=Kind.DATASET)

    def named(self, sha256: str) -> str:
        """A file in words, by its name in the ledger."""
        event = self.event(sha256)
        what = "LoRA" if sha256 in self.trainings else "model"
        return f"{what} {event.subject}" if event else f"model {sha256[:12]}"


def _key(base: Mapping[str, object]) -> str:
    weights = str(base.get("weights", ""))
    return f"{base['family']}/{base['name']}" + (f"@{weights}" if weights else "")
