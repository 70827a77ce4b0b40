"""A script is revised by a wish: the rules that hold for a first draft hold for what is written again."""

from models.lease import Leased
from models.ports import Draft
from models.toy import ToyWriter
from stages.breakdown import BreakdownOptions
from stages.story import Budget, Order, StoryOptions, Tools, revise, write
from tests.stages.test_free_writing import Tireless, cache_in

PREMISE = "A nurse plants a garden for her patient."
OPTIONS = StoryOptions.model_validate(
    {"path": "free", "free": {"tolerance": 0.6, "lengths": 0, "revisions": 0}}
)


class Reviser(Tireless):
    """Wants scene 1 changed, and writes what ``changes`` gives it, one answer after the other."""

    def __init__(self, *changes):
        super().__init__()
        self.changes, self.asked = list(changes), []

    def write(self, prompt, *, schema, seed):
        fields = schema["properties"]
        if "grade" in fields:
            return Draft(data={"grade": 5, "faults": [{"scene": 1, "line": 4, "what": "Ida is not sad."}]})
        self.asked.append(prompt)
        said = [*self.scene(7)]
        said[3] = {"who": "Ida", "how": "sad", "text": self.changes.pop(0)}
        return Draft(data={"said": said})


def leased(writer):
    class Own(ToyWriter):
        @classmethod
        def load(cls, device):
            return writer

    return Leased(Own, "cpu")


def revised(writer, folder):
    order = Order(PREMISE, "garden", 60, "en")
    told = write(
        order,
        writer=leased(Tireless()),
        cache=cache_in(folder),
        options=OPTIONS,
        breakdown=BreakdownOptions(),
    )
    tools = Tools(leased(writer), cache_in(folder), OPTIONS, BreakdownOptions())
    return revise(told.story, "make Ida sadder", order, tools, Budget()).story.drafts[-1]


def by_rule(draft):
    return [(fault.scene, fault.line, fault.what) for fault in draft.faults if fault.by == "rule"]


def test_a_rewritten_scene_that_breaks_a_rule_is_asked_for_again_with_the_rule(tmp_path):
    """A revision was checked for language and form only: it could bring in people whom nobody knows."""
    writer = Reviser("Where is old Captain Rolf with my spade?", "Nobody ever came to this garden.")

    draft = revised(writer, tmp_path)

    assert len(writer.asked) == 2 and "It names Captain" in writer.asked[1]
    assert draft.scenes[0].said[3].text == "Nobody ever came to this garden."
    assert by_rule(draft) == []


def test_a_fault_that_stays_is_told_with_its_scene_and_line(tmp_path):
    writer = Reviser("Where is old Captain Rolf with my spade?", "I asked old Captain Rolf for it.")

    draft = revised(writer, tmp_path)

    assert by_rule(draft) == [(1, 4, "It names Captain, who is not in the cast.")]


def test_a_good_revision_is_asked_for_once(tmp_path):
    writer = Reviser("Nobody ever came to this garden.")

    assert by_rule(revised(writer, tmp_path)) == []
    assert len(writer.asked) == 1
