"""Label an episode as its territories' laws ask: the words on the picture, the keys of the file, and the report.

In: a profile's policy, what is joined.      Out: options of the finish, metadata, what the report says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assets.hashing import digest
from assets.rights import clearance, labels
from assets.sheets.production import Labelled, Ref, Segment
from stages.assemble.captions import MARK_SECONDS
from stages.assemble.finish import FinishOptions


@dataclass(frozen=True)
class Labelling:
    """What is due for one delivery. Where nothing is due, nothing changes."""

    asked: tuple[labels.Asked, ...]
    producer: str

    @classmethod
    def of(cls, policy: str) -> "Labelling":
        """What the territories of a policy ask; the policy by name or file, as in a profile."""
        rules = clearance.policy(policy)
        return cls(labels.due(rules), rules.producer)

    def options(self, finish: FinishOptions) -> FinishOptions:
        """``finish`` with the label. The law's words replace the mark that the profile chose itself."""
        if not self.asked:
            return finish
        mark = {"mark": True, "mark_text": labels.words(self.asked)}
        return finish.model_copy(update={"assemble": finish.assemble.model_copy(update=mark)})

    def done(self, segments: Sequence[Segment], sound: Ref, rate: Fraction) -> tuple[Labelled, ...]:
        """What is written for each territory on the episode that is joined from ``segments`` and ``sound``."""
        content = digest([*(segment.clip.sha256 for segment in segments), sound.sha256])
        whole = max(segment.span.stop for segment in segments)
        return tuple(
            Labelled(
                territory=one.code,
                law=one.law,
                text=one.text,
                seconds=round(min(MARK_SECONDS, float(whole / rate)), 3),
                metadata=labels.metadata(one, producer=self.producer, content=content),
            )
            for one in self.asked
        )


def metadata(done: Sequence[Labelled]) -> dict[str, str]:
    """The keys of the file for all territories."""
    return {key: value for one in done for key, value in one.metadata.items()}
