"""Ids and numbers that depend on a name alone: the same in every run and on every computer.

In: a name in any script.      Out: a valid id; a number from the SHA-256 of the casefolded name.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection

_KANA_LETTERS = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゃゅょぁぃぅぇぉゔ"
)
_ROMAJI = (
    "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no "
    "ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro wa o n "
    "ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo "
    "pa pi pu pe po ya yu yo a i u e o vu"
)
_KANA = dict(zip(_KANA_LETTERS, _ROMAJI.split(), strict=True))


def slug(
    name: str, taken: Collection[str] = (), prefix: str = "cast", copies: dict[str, int] | None = None
) -> str:
    """A valid id: letters without accents, kana as romaji, and a hash for kanji.

    ``copies`` keeps the last number given to each stem, so that counting does not start from 2 again.
    """
    plain = romaji(unicodedata.normalize("NFKC", name))
    letters = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", letters.replace("'", "")).strip("_")[:40]
    unread = any(symbol.isalnum() and ord(symbol) > 0x24F for symbol in plain)
    if not stem or unread:
        stem = f"{prefix}_{_sha(name)[:6]}"
    copies = {} if copies is None else copies
    id, copy = stem, copies.get(stem, 1)
    while id in taken:
        copy += 1
        id = f"{stem}_{copy}"
    copies[stem] = copy
    return id


def romaji(text: str) -> str:
    """``text`` with its kana in Latin letters; all other characters stay."""
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヴ" else c for c in text)
    sounds: list[str] = []
    for symbol in hiragana:
        if symbol in "ゃゅょ" and sounds and sounds[-1].endswith("i"):
            glide = _KANA[symbol]
            sounds[-1] = sounds[-1][:-1] + (glide[1:] if sounds[-1] in ("shi", "chi", "ji") else glide)
        elif symbol not in "っー":
            sounds.append(_KANA.get(symbol, symbol))
    return "".join(sounds)


def number(name: str, trait: str) -> int:
    """A number of 48 bits that depends on the name and the trait, without regard to case."""
    return int(_sha(f"{name.casefold()}|{trait}")[:12], 16)


def _sha(text: str) -> str:
    return hashlib.sha256(text.casefold().encode()).hexdigest()
