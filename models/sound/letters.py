"""Letters that no voice here reads: other scripts, and Chinese.

In: the text of a line.      Out: what of it cannot be read, by script.
Latin and Greek letters, kana, digits and the kanji of JIS X 0213 are read. A line of kanji alone may be Japanese or
Chinese; words and characters that only Chinese has tell them apart.
"""

import re
import unicodedata

from models.sound import reading

_KANA = re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Characters that JIS has, but that no Japanese sentence without kana needs.
_CHINESE = re.compile(
    "[你您她妳们們吗嗎呢吧么麼这這哪很啊嗯没沒怎]|什[么麼]|[早晚]上好|再[见見]|[谢謝]{2}|[今明昨]天|[现現]在很"
    "|我[是在有要们們也不爱愛的]|[不没][是会會能好]|好[的吧吗嗎]|[晚早]安[，。！!]?$|加油|[的了][，。！？!?]"
)
_COMMON = re.compile(r"[我他的了是在有不和都就也好]")


def unreadable(text: str) -> dict[str, str]:
    """Script -> its letters in ``text``, each once, in the order they stand; empty when all can be read."""
    found: dict[str, str] = {}
    for sign in dict.fromkeys(reading.plain(text)):
        script = _script(sign)
        if script:
            found[script] = found.get(script, "") + sign
    if not found and _is_chinese(text):
        found["Chinese"] = "".join(_HAN.findall(text))
    return found


def _script(sign: str) -> str:
    """The script of a letter that cannot be read; empty for all other signs."""
    if unicodedata.category(sign)[0] != "L":
        return ""
    if _HAN.match(sign):
        return "" if _in_jis(sign) else "Chinese"
    script = unicodedata.name(sign, "UNKNOWN").split()[0]
    known = (
        "LATIN",
        "GREEK",
        "HIRAGANA",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "HALFWIDTH",
        "IDEOGRAPHIC",
        "MODIFIER",
    )
    return "" if script in known or sign in "々〆ゝゞヽヾ" else script.capitalize()


def _in_jis(sign: str) -> bool:
    """Also the forms of Japanese names that only vendors' sets have: 髙, 﨑, 𠮷."""
    return any(sign.encode(code, "ignore") for code in ("euc_jis_2004", "cp932")) or sign in "𠮷"


def _is_chinese(text: str) -> bool:
    if _KANA.search(text) or not _HAN.search(text):
        return False
    return bool(_CHINESE.search(text)) or len(_COMMON.findall(text)) >= 3


def without_reading(text: str) -> str:
    """Pictures in ``text`` (emoji, flags), each once: they are shown and never said."""
    import regex

    pictures = regex.findall(r"(?=\p{Extended_Pictographic}|\p{Regional_Indicator})\X", text)
    return "".join(dict.fromkeys(sign for sign in pictures if sign[0] not in "©®™♥♡♠♣♦☀☁☂♪‼⁉↔↕〰〽"))
