"""What of a chat model's message is its answer.

In: the text of a message.      Out: the JSON in it, without thinking and fences; or the sentence of a refusal.
A reasoning model may put its thoughts before the answer; many models wrap JSON in a fence of Markdown.
"""

import re

_THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?</\1>", re.DOTALL | re.IGNORECASE)
# Templates that open the thinking themselves leave only its end in the message.
_ENDED = re.compile(r"^.*?</(?:think|thinking|reasoning|thought)>", re.DOTALL | re.IGNORECASE)
_CHANNEL = re.compile(r"^.*<\|channel\|>final<\|message\|>", re.DOTALL)
_FENCE = re.compile(r"```(?:json|JSON)?\s*\n?(\{.*?\})\s*```", re.DOTALL)
_OPEN_THOUGHT = re.compile(r"<(?:think|thinking|reasoning|thought)>", re.IGNORECASE)
_DECLINED = re.compile(
    r"^\W*(?:(?:i['\u2019]?m|i am) (?:really |very |so )?(?:sorry|afraid|unable|not able)|sorry[,.]|"
    r"i (?:can(?:no|['\u2019])t|cannot|won['\u2019]t|will not|must decline)|as an ai\b|"
    r"申し訳|すみませんが|恐れ入りますが|ごめんなさい|お手伝いできません|お答えできません|対応できません)",
    re.IGNORECASE,
)


def spoken(text: str) -> str:
    """``text`` without thinking and without the fence around a JSON object; empty when it only thinks."""
    said = _CHANNEL.sub("", _THOUGHT.sub("", text))
    said = _ENDED.sub("", said).strip()
    if _OPEN_THOUGHT.match(said):
        return ""
    fenced = _FENCE.search(said)
    return fenced[1] if fenced and not said.startswith("{") else said


def declined(text: str) -> str:
    """The refusal, if ``text`` is one instead of an answer."""
    return text if not text.startswith("{") and _DECLINED.match(text) else ""
