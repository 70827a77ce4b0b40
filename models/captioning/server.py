"""Use any OpenAI-compatible server that reads pictures as the captioner: vLLM, llama.cpp, Ollama, a paid service.

In: a picture, a dialect, a hint; a base URL from the profile.      Out: a caption.
The picture is sent to that server as a PNG in the question itself, at most ``longest_side`` pixels wide or high.
"""

from base64 import b64encode
from typing import Any, Self

from pydantic import Field

from assets.errors import AnswerUnusable, InputRefused
from assets.matter import Still
from assets.media import picture as pictures
from models.captioning import answer
from models.card import Card
from models.ports import CaptionDialect
from models.writing.completions import ServerChoice, content, line
from models.writing.line import Line, NotTaken

_PICTURES = "The server does not take this question: check that the model reads pictures (image_url)."


class CaptionServer(ServerChoice):
    """How a picture is sent, and how much may be said about it."""

    advice = "Write the caption of this picture yourself."

    temperature: float = Field(default=0, ge=0, le=2, description="0: always the likeliest words")
    max_tokens: int = Field(default=512, ge=8, le=16_384, description="Longest answer, thinking included")
    longest_side: int = Field(
        default=1024, ge=64, le=4096, description="Pixels; a larger picture is sent smaller"
    )


class OpenAICaptioner:
    """Port Captioner over HTTP."""

    Options = CaptionServer
    card: Card = Card(
        name="openai",
        port="captioner",
        adapter_version=1,
        summary="Any OpenAI-compatible server whose model reads pictures",
        licence="LicenseRef-unstated",
        weights="as the server's",
        revision="unstated",
        training_data="as stated by whoever runs the server",
        data_class="undisclosed",
        gpu_share=0,
    )

    def __init__(self, options: CaptionServer, to: Line) -> None:
        self.card = self.carded(options)
        self._options, self._line = options, to
        self._took_one = False

    @classmethod
    def lacks(cls) -> str:
        return "The openai captioner needs a server: give base_url and model as its options."

    @classmethod
    def lacks_with(cls, options: CaptionServer) -> str:
        """Nothing, once its options name a server."""
        return ""

    @classmethod
    def carded(cls, options: CaptionServer) -> Card:
        said = {"licence": options.licence, "weights": options.model, "revision": options.revision}
        return cls.card.model_copy(update=said)

    @classmethod
    def load(cls, device: str, options: CaptionServer | None = None) -> Self:
        """Open a connection to the server; sends nothing yet. ``device`` is ignored."""
        if options is None:
            raise InputRefused(cls.lacks())
        return cls(options, line(options, "the openai captioner", {400: _PICTURES, 422: _PICTURES}))

    def unload(self) -> None:
        self._line.close()

    def caption(self, picture: Still, *, dialect: CaptionDialect = "prose", hint: str = "") -> str:
        """See the port. A ModelFailed says what the server did and what to do about it."""
        question = self._question(picture, dialect, hint)
        try:
            reply, _ = self._line.post("/chat/completions", question, seed=0)
        except NotTaken as error:
            # A server that took one picture reads pictures; it refuses this one, perhaps for what it shows.
            if self._took_one:
                raise AnswerUnusable(f"{error} It took others. {self._options.advice}") from error
            raise
        self._took_one = True
        return answer.caption(content(reply, self._options), self._options.model)

    def _question(self, picture: Still, dialect: CaptionDialect, hint: str) -> dict[str, Any]:
        options = self._options
        data = b64encode(pictures.to_png(_bounded(picture, options.longest_side))).decode()
        parts = [
            {"type": "text", "text": answer.question(dialect, hint)},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}},
        ]
        return {
            "model": options.model,
            "messages": [{"role": "user", "content": parts}],
            "temperature": options.temperature,
            "max_tokens": options.max_tokens,
            "seed": 0,
        }


def _bounded(picture: Still, longest: int) -> Still:
    height, width = picture.shape[:2]
    scale = min(1.0, longest / max(height, width))
    return pictures.resized(picture, (max(1, round(width * scale)), max(1, round(height * scale))))
