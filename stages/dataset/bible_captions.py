"""Caption art from the show's bible: each work from the entry of the character it shows.

In: a file and its folders, the character that the dataset's file names, a bible.      Out: a caption for a model.
A folder named after a character (id or name, also as NN_name) says who is shown. Knows nothing about pictures.
"""

from dataclasses import dataclass
from pathlib import Path

from assets.errors import InputRefused
from assets.loader import shown
from assets.sheets.bible import Bible, Character
from models.card import Card
from models.cel.sampling import look_caption
from stages.dataset.folder import words_of
from stages.shots.prompt import count, look_tags, triggers, uncounted

PLACE = "void"  # in the rig's grammar: the bible says who is shown, not where


@dataclass(frozen=True)
class BibleCaptions:
    """The bible of a show, for captions that the model of ``card`` reads.

    trigger  of the dataset: it is put before every caption already
    """

    bible: Bible
    card: Card
    trigger: str = ""

    def shown(self, path: Path, folder: Path, named: str) -> Character | None:
        """Who is shown in ``path``: whom the dataset's file names, else a folder from ``folder`` down; or None.

        raises  InputRefused for a name that is not in the bible
        """
        if named:
            return self._required(named, f"{path}: dataset.yaml names the character {shown(named)!r}")
        inner = path.relative_to(folder).parts[:-1]
        names = [words_of(part) for part in (folder.name, *inner)]
        found = next((one for name in reversed(names) if (one := self._find(name))), None)
        if found is None and inner:
            return self._required(
                names[-1], f"{path} has no caption, and is in a folder of {shown(names[-1])!r}"
            )
        return found

    def caption(self, character: Character) -> str:
        """What the bible says of a character, as the model reads it."""
        called = [one for one in triggers([character.art], self.card) if one != self.trigger]
        if self.card.dialect == "grammar":
            return f"place {PLACE}; {look_caption(character.look)}"
        if self.card.dialect == "tags":
            look = character.art.tags or look_tags(character.look)
            parts = [count([look]), *called, uncounted(look)]
            return ", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))
        look = character.art.prose or character.about or look_tags(character.look)
        return " ".join(" ".join([*called, f"{character.shown('en')}: {look.rstrip(' .')}."]).split())

    def _find(self, name: str) -> Character | None:
        wanted = _plain(name)
        return next(
            (each for each in self.bible.characters if wanted in map(_plain, (each.id, *each.names))), None
        )

    def _required(self, name: str, told: str) -> Character:
        found = self._find(name)
        if found is None:
            known = ", ".join(each.id for each in self.bible.characters) or "none"
            raise InputRefused(
                f"{told}, who is not in the bible of {self.bible.id}. Its characters: {known}. Name one of them, or "
                "put a caption file beside the picture."
            )
        return found


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
