"""A large writer writes freely: recorded answers through a real server process, whatever else it may answer."""

import re
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused, ModelDeclined, ModelFailed, PromptTooLong, SakugaError
from assets.fountain import parse
from assets.prompts import prompt
from assets.sheets.story import Arc
from assets.vault import Vault
from models.lease import Leased, lease
from models.ports import Draft, Writer
from models.toy import ToyWriter, _smallest
from stages.breakdown import BreakdownOptions, break_down
from stages.story import Budget, Order, StoryOptions, parsed_budget, remember, write
from stages.story.fidelity import measured
from stages.story.free import drawable, layout
from stages.story.free.answers import Cast, Planned, SceneText
from stages.story.free.context import opening
from stages.work_cache import WorkCache
from tests.memory import growth
from tests.stages import recorded
from tests.stages.replay_server import whole

STORIES = sorted(path.stem for path in recorded.FOLDER.glob("*.yaml"))
QUICK = ("en-2-mapmaker", "ja-1-last-train")
TELLING = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in STORIES]


class Nobody:
    def __getattr__(self, name):
        return lambda *told: None


def cache_in(folder):
    return WorkCache(Vault.open(folder / "vault"), folder / "journal", calls=Nobody(), watch=Nobody())


def told(name, writer, folder, *, budget=None, seed=None, **free):
    """The story ``name``, as ``writer`` tells it; after a refusal it is asked with another seed."""
    story = recorded.story(name)
    if story.get("refused") and seed is None:
        with pytest.raises(ModelDeclined, match=r"refused to write.*another --seed"):
            told(name, writer, folder, budget=budget, seed=0, **free)
    options = StoryOptions.model_validate({"seed": 1 if seed is None else seed, "path": "free", "free": free})
    order = Order(story["premise"], name, story["seconds"], story["language"])
    return write(
        order,
        writer=writer,
        cache=cache_in(folder),
        options=options,
        breakdown=BreakdownOptions(),
        budget=budget,
    )


def served(address, **options):
    given = {"base_url": address, "model": "recorded", "patience": {"attempts": 1}, **options}
    return lease(Writer, "openai", options=given)


@pytest.mark.parametrize("name", TELLING)
def test_a_recorded_story_becomes_a_script_of_its_premise_length_and_language(name, tmp_path):
    story = recorded.story(name)

    with recorded.serving(name) as address, served(address) as writer:
        made = told(name, writer, tmp_path)

    sheet = break_down(parse(made.fountain), None, episode=name, language=None, options=BreakdownOptions())
    body = " ".join(element.text for element in parse(made.fountain).elements if element.kind != "synopsis")
    assert sheet.language == story["language"]
    assert made.story.seconds == pytest.approx(story["seconds"], rel=0.25)
    assert made.story.notes == ()
    assert measured(story["premise"], body, story["language"]).share >= 0.4


@pytest.mark.parametrize("name", TELLING)
def test_every_question_begins_with_all_that_is_settled_before_it(name, tmp_path):
    """A server that caches prompts reads the beginning once."""
    with recorded.serving(name) as address, served(address) as writer:
        told(name, writer, tmp_path)
        asked = {one["step"]: one["prompt"] for one in recorded.log(address)}

    for before, after in pairwise(("cast", "beats", "plan", "scene 1", "scene 2")):
        settled = asked[before].partition(prompt(f"free-{before.split()[0]}").text.split("{{")[0])[0].rstrip()
        assert len(settled) > 1000
        assert asked[after].startswith(settled)


def test_only_the_criticised_scenes_are_written_again(tmp_path):
    with recorded.serving("ja-1-last-train") as address, served(address) as writer:
        made = told("ja-1-last-train", writer, tmp_path)

    first, second = made.story.drafts
    assert second.rewritten == (2,)
    assert second.scenes[0] == first.scenes[0]
    assert second.scenes[1] != first.scenes[1]
    assert made.story.chosen == 1
    assert "revision 1 is the best" in made.story.why


def test_a_stranger_in_an_action_is_criticised_with_scene_and_line(tmp_path):
    with recorded.serving("en-2-mapmaker") as address, served(address) as writer:
        made = told("en-2-mapmaker", writer, tmp_path)

    found = [fault for fault in made.story.drafts[0].faults if "Captain" in fault.what and fault.by == "rule"]
    assert [(fault.scene, fault.line) for fault in found] == [(2, 3)]
    assert "Captain" not in made.fountain


def test_an_answer_in_the_wrong_language_is_noticed_and_asked_for_again(tmp_path):
    with recorded.serving("ja-1-last-train") as address, served(address) as writer:
        made = told("ja-1-last-train", writer, tmp_path)
        again = [one["prompt"] for one in recorded.log(address) if one["step"] == "scene 1"][1]

    assert "not in Japanese" in again
    assert any("not in Japanese" in note for call in made.story.asked for note in call.notes)
    assert not re.search(r"[A-Za-z]{4,}", made.fountain.partition("Language: ja")[2])


def test_a_scene_that_is_too_long_is_asked_for_again_by_its_seconds(tmp_path):
    with recorded.serving("en-1-tomatoes") as address, served(address) as writer:
        made = told("en-1-tomatoes", writer, tmp_path)
        asked = next(one["prompt"] for one in recorded.log(address) if one["step"] == "trim 2")

    assert re.search(r"It plays 7\d seconds and has only 31\. Take 4\d seconds out of it", asked)
    assert made.story.seconds == pytest.approx(105, rel=0.25)


def test_the_same_order_asks_for_nothing_and_gives_the_same_script(tmp_path):
    with recorded.serving("en-2-mapmaker") as address, served(address) as writer:
        first = told("en-2-mapmaker", writer, tmp_path)
        asked = len(recorded.log(address))
        second = told("en-2-mapmaker", writer, tmp_path)

        assert len(recorded.log(address)) == asked
    assert second.fountain == first.fountain
    assert second.story.asked == first.story.asked


def test_a_stop_after_any_answer_repeats_no_answered_call(tmp_path):
    """Answers that could not be used are recorded too: ja-1 has one in the wrong language."""
    with recorded.serving("ja-1-last-train") as address:
        for _ in range(30):
            with served(address) as writer:
                stopping = Stopping(writer.model)
                try:
                    made = told("ja-1-last-train", Leased(stopping.adapter(writer), "cpu"), tmp_path)
                    break
                except KeyboardInterrupt:
                    continue
        prompts = [one["prompt"] for one in recorded.log(address)]

    assert len(prompts) == len(set(prompts)) == len(made.story.asked)


class Stopping:
    """A writer that is interrupted after every answer, once it has been recorded: at its second call."""

    def __init__(self, model):
        self.model, self.calls = model, 0

    def write(self, prompt, *, schema, seed):
        self.calls += 1
        if self.calls > 1:
            raise KeyboardInterrupt
        return self.model.write(prompt, schema=schema, seed=seed)

    def adapter(self, writer):
        inner = self

        class Own(ToyWriter):
            card = writer.card

            @classmethod
            def load(cls, device):
                return inner

            def unload(self): ...

        self.unload = lambda: None
        return Own


def test_a_paid_writer_needs_a_budget_before_it_is_asked_anything(tmp_path):
    with (
        recorded.serving("en-2-mapmaker") as address,
        served(address, price_in="3", price_out="15") as writer,
        pytest.raises(InputRefused, match=r"no budget is given.*tokens, \$.*--budget"),
    ):
        told("en-2-mapmaker", writer, tmp_path, budget=Budget())


def test_a_budget_is_kept_and_what_was_answered_within_it_is_not_paid_for_twice(tmp_path):
    with recorded.serving("en-2-mapmaker") as address, served(address, max_tokens=500) as writer:
        with pytest.raises(InputRefused, match=r"budget of 12,000 tokens could be exceeded"):
            told("en-2-mapmaker", writer, tmp_path, budget=parsed_budget("12k"))
        before = recorded.log(address)

        made = told("en-2-mapmaker", writer, tmp_path, budget=parsed_budget("200k"))
        prompts = [one["prompt"] for one in recorded.log(address)]

    assert 0 < len(before) < len(prompts)
    assert len(prompts) == len(set(prompts))
    spent = [call.tokens_in + call.tokens_out for call in made.story.asked[: len(before)]]
    assert sum(spent) <= 12_000


@pytest.mark.parametrize(
    ("text", "budget"),
    [("200k", Budget(200_000)), ("$1.50", Budget(None, 1.5)), ("2m tokens, 3 usd", Budget(2_000_000, 3))],
)
def test_a_budget_is_tokens_or_dollars_or_both(text, budget):
    read = parsed_budget(text)

    assert (read.tokens, read.usd) == (budget.tokens, budget.usd)


@pytest.mark.parametrize("text", ["", "-5", "0", "lots", "$", "1e9", "$1.5k5"])
def test_a_budget_that_is_none_is_refused(text):
    with pytest.raises(InputRefused, match="--budget is"):
        parsed_budget(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


def fitting(schema):
    """Anything that fits ``schema``: a hostile answer that no check of the schema refuses."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if kind == "object":
        return st.fixed_dictionaries({name: fitting(one) for name, one in schema["properties"].items()})
    if kind == "array":
        most = min(schema["maxItems"], schema["minItems"] + 3)
        return st.lists(fitting(schema["items"]), min_size=schema["minItems"], max_size=most)
    if kind == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if kind == "boolean":
        return st.booleans()
    if "pattern" in schema:
        return st.sampled_from(["Ines", "Tam", "O'Neill", "A"])
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
        lambda said: " ".join(said)[: schema["maxLength"]]
    )


WORDS = (
    "INT. BANK - DAY", "[[x]]", "/*", "@ROBBER", "{A}", "> X <", "= y", "~la~", "Ines", "she draws every island",
    "\u202e", "!", "the mapmaker discovers that an island comes into being and it is hers",
)  # fmt: skip


class Hostile(ToyWriter):
    """Answers with whatever hypothesis chooses: mostly within the schema, sometimes not."""

    def __init__(self, draw):
        self.draw = draw

    def write(self, prompt, *, schema, seed):
        kind = self.draw(st.integers(0, 12))
        if kind == 0:
            raise ModelFailed("broken")
        if kind == 1:
            answer = self.draw(JSON)
            return Draft(data=answer if isinstance(answer, dict) else {"x": answer})
        return Draft(data=self.draw(fitting(schema)))

    def leased(self):
        machine = self

        class Own(ToyWriter):
            @classmethod
            def load(cls, device):
                return machine

        return Leased(Own, "cpu")


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_hostile_writer_ends_in_a_script_that_reads_as_laid_out_or_in_a_sentence(data):
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = told("en-2-mapmaker", Hostile(data.draw).leased(), Path(folder), lengths=1, revisions=1)
        except SakugaError as error:
            assert str(error)
            return

    elements = parse(made.fountain).elements
    assert len([one for one in elements if one.kind == "heading"]) == len(made.story.scenes)
    assert {"note", "boneyard", "section", "lyric", "centered", "page_break"}.isdisjoint(
        one.kind for one in elements
    )
    names = {who.name.upper() for who in made.story.outline.cast}
    assert {one.text.upper() for one in elements if one.kind == "character"} <= names


@pytest.mark.parametrize(
    ("player", "place", "said"),
    [
        ("Marta | x | elder | f | a keeper of 68, grey braid | x | x", "Classroom | classroom | in | Desks.", "68,"),
        ("Marta | x | elder | f | 68, grey hair, coat | x | x", "Lamp Room | observatory | in | Glass.", "living_room"),
        ("Marta | x | elder | f | 68, grey hair, coat | x | x", "Classroom | classroom | in | Desks.", ""),
        ("キヨ | 客 | elder | f | 78歳、白いお団子髪、紫の着物 | x | x", "喫茶店 | cafe | in | 湯気が立っている。", ""),
    ],
)  # fmt: skip
def test_a_cast_that_would_be_drawn_as_somebody_else_is_told_to_the_writer(player, place, said):
    """A lighthouse keeper of 68 was drawn as a girl with orange hair, and her lamp room as a living room."""
    cast = Cast.model_validate(whole({"people": [player], "places": [place]}))

    fault = drawable.fault(cast, "ja" if player[0] == "キ" else "en")

    assert (said in fault) if said else fault == ""


class Tireless(ToyWriter):
    """Writes any story of any length: the same few sentences in every scene, each with its number."""

    def __init__(self):
        self.longest = 0

    def write(self, prompt, *, schema, seed):
        self.longest = max(self.longest, len(prompt))
        fields = schema["properties"]
        if "keeps" in fields:
            kept = [{"kind": "person", "premise": "A nurse", "story": "nurse"},
                    {"kind": "deed", "premise": "plants a garden", "story": "garden"},
                    {"kind": "person", "premise": "her patient", "story": "patient"}]  # fmt: skip
            return Draft(data=self.filled(schema) | {"keeps": kept, "cannot": ""})
        if "places" in fields:
            person = {"age": "adult", "gender": "f", "looks": "40, black hair, white coat",
                      "wants": "to go on", "speech": "short"}  # fmt: skip
            people = [
                {"name": "Ida", "role": "nurse", **person},
                {"name": "Mona", "role": "patient", **person},
            ]
            place = {"name": "Park", "kind": "park", "inside": False, "look": "Trees and a bench."}
            return Draft(data={"people": people, "places": [place]})
        if "scenes" in fields:
            item = fields["scenes"]["items"]["properties"]
            count = item["beats"]["items"]["maximum"]
            scene = {"place": "Park", "hour": "day", "weather": "clear", "people": ["Ida", "Mona"], "seconds": 20,
                     "goal": "They plant the next bed.", "sets_up": "", "pays_off": ""}  # fmt: skip
            return Draft(data={"scenes": [scene | {"beats": [beat]} for beat in range(1, count + 1)]})
        if "said" in fields:
            return Draft(data={"said": [*self.scene(seed)]})
        if "turns" in fields:
            return Draft(
                data={"turns": [self.filled(fields["turns"]["items"])] * fields["turns"]["maxItems"]}
            )
        if "grade" in fields:
            return Draft(data={"grade": 9, "faults": []})
        return Draft(data=self.filled(schema))

    def scene(self, seed):
        told = [("", "The trees of the garden rustle in the wind."),
                ("", "IDA, 40, black hair, white coat, kneels down."),
                ("", "MONA, 40, black hair, white coat, holds a spade."),
                ("Ida", f"This is bed number {seed % 99_991}."),
                ("Mona", f"And the next is {seed % 99_989}, nurse."),
                ("", "The patient digs and the nurse pours water."),
                ("Ida", f"Then water for bed number {seed % 99_971}, and for the one behind it."),
                ("", "Mona carries the can to the end of the row and sets it down.")]  # fmt: skip
        return ({"who": who, "how": "", "text": text} for who, text in told)

    def filled(self, schema):
        """The smallest answer, with a sentence in every text."""
        kind = schema.get("type")
        if kind == "object":
            return {name: self.filled(one) for name, one in schema["properties"].items()}
        if kind == "array":
            return [self.filled(schema["items"]) for _ in range(schema["minItems"])]
        if kind == "string" and "enum" not in schema:
            return "The nurse goes on with the garden, and it is not done yet."[: schema["maxLength"]]
        return _smallest(schema)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hours_are_written_with_prompts_and_memory_that_do_not_grow_with_the_script(tmp_path):
    longest = []
    for minutes in (20, 120):
        writer = Tireless()

        class Own(ToyWriter):
            @classmethod
            def load(cls, device, writer=writer):
                return writer

        options = StoryOptions.model_validate({"path": "free", "free": {"tolerance": 0.6, "lengths": 0}})
        order = Order("A nurse plants a garden for her patient.", "long", minutes * 60, "en")
        with growth() as memory:
            made = write(
                order, writer=Leased(Own, "cpu"), cache=cache_in(tmp_path / str(minutes)), options=options,
                breakdown=BreakdownOptions(),
            )  # fmt: skip
        longest.append(writer.longest)

    assert made.story.seconds > 105 * 60
    assert longest[1] < 1.3 * longest[0]
    assert memory.kib < 300_000


@pytest.mark.parametrize(
    ("language", "first", "weathers"),
    [
        ("en", "Rain beats on the roof.", ["rain", "clear"]),
        ("en", "The lamp flickers.", ["rain", "clear"]),
        ("ja", "灯りがゆれる。", ["rain", "clear"]),
    ],
)
def test_the_sky_that_was_planned_is_the_sky_that_is_drawn(language, first, weathers):
    """A calm morning after a storm was drawn in rain: no word in it told that the rain had ended."""
    park, bench = ("Park", "The bench is empty.") if language == "en" else ("公園", "ベンチには誰もいない。")
    cast = Cast.model_validate(
        whole({"people": ["Ida | x | adult | f | x | x | x"], "places": [f"{park} | park | out | x"]})
    )
    plans = [
        Planned.model_validate({"beats": [1], "place": park, "hour": "dawn", "weather": sky, "people": ["Ida"],
                                "seconds": 20, "goal": "x", "sets_up": "", "pays_off": ""})
        for sky in weathers
    ]  # fmt: skip
    texts = [SceneText.model_validate(whole({"said": [told]})) for told in (first, bench)]
    around = layout.Titled("x", "x", language, None, "x")

    scenes = [
        layout.drafted(plan, text, cast, language, before)
        for plan, text, before in zip(plans, texts, (None, plans[0]), strict=True)
    ]

    sheet = break_down(
        parse(around.fountain(scenes)), None, episode="x", language=language, options=BreakdownOptions()
    )
    drawn = {cut.scene: (cut.weather, cut.time) for cut in sheet.cuts}
    assert list(drawn.values()) == [(sky, "dawn") for sky in weathers]


def tirelessly(writer, folder, seconds=60, **free):
    class Own(ToyWriter):
        @classmethod
        def load(cls, device):
            return writer

    options = StoryOptions.model_validate({"path": "free", "free": {"tolerance": 0.6, "lengths": 0, **free}})
    order = Order("A nurse plants a garden for her patient.", "short", seconds, "en")
    return write(
        order,
        writer=Leased(Own, "cpu"),
        cache=cache_in(folder),
        options=options,
        breakdown=BreakdownOptions(),
    )


def test_a_writer_that_reads_little_is_asked_scene_by_scene_with_less_around_them(tmp_path):
    class ReadsLittle(Tireless):
        def write(self, prompt, *, schema, seed):
            if len(prompt) > 4_000:
                raise PromptTooLong("more than I can read")
            return super().write(prompt, schema=schema, seed=seed)

    most, little = Tireless(), ReadsLittle()
    tirelessly(most, tmp_path / "most")
    made = tirelessly(little, tmp_path / "little")

    assert most.longest > 4_000 >= little.longest
    assert len([call for call in made.story.asked if call.name.startswith("reading")]) > 1
    assert len(made.story.scenes) > 1


def test_two_drafts_compete_and_the_choice_gives_its_reasons(tmp_path):
    class Second(Tireless):
        def write(self, prompt, *, schema, seed):
            draft = super().write(prompt, schema=schema, seed=seed)
            if "grade" in draft.data:
                self.read = getattr(self, "read", 0) + 1
                return Draft(data={"grade": 8 if self.read <= 2 else 10, "faults": []})
            return draft

    made = tirelessly(Second(), tmp_path, rivals=2, revisions=1)

    assert [draft.draft for draft in made.story.drafts] == [1, 1, 2, 2]
    assert made.story.drafts[made.story.chosen].draft == 2
    assert "draft 1 revision 0" in made.story.why
    assert "grade 10" in made.story.why


def test_threads_over_several_episodes_are_remembered_until_they_are_closed(tmp_path):
    story = tirelessly(Tireless(), tmp_path).story
    told = [
        (Arc(name="The letter", now="It has come."), Arc(name="The sister", now="She is away.")),
        (Arc(name="The letter", now="It is read.", closed=True),),
        (),
    ]
    memory = None
    for number, arcs in enumerate(told, start=1):
        episode = story.model_copy(update={"outline": story.outline.model_copy(update={"arcs": arcs})})
        memory = remember(memory, "show", f"ep{number}", episode)

    assert {arc.name: arc.closed for arc in memory.episodes[1].arcs} == {
        "The letter": True,
        "The sister": False,
    }
    assert [arc.name for arc in memory.episodes[2].arcs] == ["The sister"]
    head = opening("x", "en", 60, None, memory.episodes[:1]).head
    assert "She is away." in head
