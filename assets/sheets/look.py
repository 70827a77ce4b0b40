"""The closed grammar of what can be drawn: traits, faces, poses, places, hours, weather, framing.

The same words are used by the cel rig, the captions of training pictures and the cut sheet, so every list here is
closed: a new word needs a new drawing.
"""

from typing import Annotated, Literal

from pydantic import Field

from assets.sheets.base import Part

# fmt: off
HairStyle = Literal[
    "short", "bob", "long", "ponytail", "twintails", "braid", "bun", "spiky",
    "messy", "curly", "buzz", "undercut", "wavy", "hime", "bald",
]
HairColor = Literal[
    "black", "brown", "chestnut", "blonde", "silver", "white", "red", "orange",
    "pink", "purple", "blue", "teal", "green",
]
EyeShape = Literal["round", "sharp", "droopy", "narrow", "wide"]
EyeColor = Literal["brown", "black", "blue", "green", "amber", "red", "purple", "teal", "grey", "pink"]
SkinTone = Literal["pale", "light", "tan", "brown", "dark"]
Outfit = Literal[
    "sailor", "blazer", "gakuran", "hoodie", "tshirt", "shirt", "dress", "kimono", "suit",
    "coat", "apron", "tracksuit", "labcoat", "overalls", "cloak", "armor", "sweater", "jacket",
]
Color = Literal[
    "black", "white", "grey", "navy", "blue", "sky", "teal", "green", "olive", "yellow",
    "orange", "red", "maroon", "pink", "purple", "brown", "beige",
]
Age = Literal["child", "teen", "adult", "elder"]
Build = Literal["slim", "average", "stocky"]
Accessory = Literal[
    "glasses", "ribbon", "hairpin", "headphones", "hat", "cap", "scarf", "earrings",
    "bag", "bandage", "headband", "beard", "moustache", "witch_hat", "tie", "eyepatch", "crown",
]

Expression = Literal[
    "neutral", "happy", "laughing", "sad", "crying", "angry", "surprised", "scared", "shy",
    "determined", "thoughtful", "smug", "sleepy", "pained",
]
Pose = Literal[
    "stand", "sit", "walk", "run", "wave", "point", "reach", "hold", "bow", "arms_crossed",
    "hands_on_hips", "cheer", "jump", "fall", "lie", "kneel", "read", "type", "drink", "think",
    "look_up", "look_down", "look_back", "turn", "push", "pull", "fight", "dance",
]
Prop = Literal[
    "book", "phone", "cup", "umbrella", "sword", "bag", "letter", "lantern", "flower", "ball",
    "box", "guitar", "paper_plane", "key", "camera", "bicycle", "car", "cat", "dog", "bird",
    "food", "bottle", "star", "robot", "laptop",
]
Position = Literal["far_left", "left", "center", "right", "far_right"]
Facing = Literal["left", "front", "right", "away"]

PlaceKind = Literal[
    "classroom", "corridor", "rooftop", "schoolyard", "street", "alley", "station", "train",
    "cafe", "kitchen", "living_room", "bedroom", "office", "shop", "library", "park", "forest",
    "beach", "river", "mountain", "shrine", "snowfield", "observatory", "garage", "castle",
    "laboratory", "spaceship", "sky", "desert", "void",
    "hills", "sea", "cave", "market", "hospital", "ground", "room",
]
TimeOfDay = Literal["dawn", "morning", "day", "sunset", "dusk", "night"]
Weather = Literal["clear", "cloudy", "rain", "storm", "snow", "fog", "wind", "petals"]

ShotSize = Literal[
    "extreme_long", "long", "full", "medium", "medium_close", "close", "extreme_close", "insert",
]
CameraMove = Literal[
    "fix", "pan_left", "pan_right", "tilt_up", "tilt_down", "push_in", "pull_out", "shake",
    "parallax", "follow",
]
CameraAngle = Literal["eye", "low", "high", "dutch"]
Mood = Literal[
    "calm", "cheerful", "tense", "sad", "mysterious", "action", "warm", "wonder", "none",
]

# fmt: on


PAPER = 2**40
"""The variant of the place kind ``void`` that is plain paper, for character sheets."""


class Look(Part):
    """The look of a character. The defaults are a plain person, never an error."""

    hair: HairStyle = "short"
    hair_color: HairColor = "brown"
    eyes: EyeShape = "round"
    eye_color: EyeColor = "brown"
    skin: SkinTone = "light"
    outfit: Outfit = "tshirt"
    outfit_color: Color = "blue"
    accent_color: Color = "white"
    age: Age = "teen"
    build: Build = "average"
    height: float = Field(default=1.0, ge=0.6, le=1.3, description="Relative to the age's usual height")
    accessories: Annotated[tuple[Accessory, ...], Field(max_length=5)] = ()
