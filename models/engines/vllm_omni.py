"""The protocol of vLLM-Omni (`vllm serve MODEL --omni`): OpenAI's pictures and videos, with its own fields.

Fields that a version does not know are ignored without a word, and num_frames defaults to 1, fps to 24: everything
that shapes the result is sent.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from assets.media.picture import to_png
from models.card import Accepted, Port
from models.connection import Answer, Call, Connection, Retry, read_object
from models.engines.dialect import ClipAsked, Direct, Facts, PictureAsked, SoundAsked, fields_of, said
from models.engines.options import RemoteOptions
from models.engines.work import Job, State
from models.ports import LoraWeights

VIDEOS = "/v1/videos"
_STATES: Mapping[str, Any] = {
    "queued": "waiting",
    "in_progress": "working",
    "completed": "done",
    "failed": "failed",
}


class VllmOmni:
    """Dialect of vLLM-Omni: keyframe editing, image to video, first and last frame, sound."""

    honours: ClassVar[Mapping[Port, frozenset[Accepted]]] = {
        "painter": frozenset({"references", "loras", "negative_prompt"}),
        "animator": frozenset({"last_frame", "loras", "negative_prompt"}),
        "foley": frozenset(),
    }
    newer: ClassVar[Mapping[Accepted, tuple[str, str]]] = {"last_frame": (VIDEOS, "last_input_reference")}
    loras: ClassVar[int] = 1

    def __init__(self, connection: Connection, options: RemoteOptions) -> None:
        self._connection, self._options = connection, options

    def facts(self) -> Facts:
        listed = self._connection.json(Call("GET", "/v1/models")).get("data", [])
        schema = said(self._connection, "/openapi.json")
        version = str(said(self._connection, "/version").get("version", ""))
        return Facts(tuple(str(one.get("id")) for one in listed), version, fields_of(schema))

    def picture(self, asked: PictureAsked) -> Job[bytes]:
        fields = {
            **shaping(self._options, asked.prompt.text, asked.prompt.negative),
            **self._lora(asked.loras),
            **{
                "size": "{}x{}".format(*asked.size),
                "seed": asked.seed,
                "n": 1,
                "response_format": "b64_json",
            },
        }
        call = Call("POST", "/v1/images/generations", json={**fields, **self._options.extra})
        if asked.references:
            files = [
                ("image", f"{at}.png", to_png(one), "image/png") for at, one in enumerate(asked.references)
            ]
            form = as_form({**fields, **self._options.extra})
            call = Call("POST", "/v1/images/edits", fields=form, files=files)
        return Direct(lambda: self._connection.send(call, picture_in, seed=asked.seed))

    def clip(self, asked: ClipAsked) -> Job[bytes]:
        fields = {
            **shaping(self._options, asked.prompt.text, asked.prompt.negative),
            **self._lora(asked.loras),
            "size": "{}x{}".format(*asked.size),
            "num_frames": asked.frames,
            "fps": int(asked.rate),
            "seed": asked.seed,
            **({"extra_params": self._options.extra} if self._options.extra else {}),
        }
        files = [("input_reference", "first.png", to_png(asked.first), "image/png")]
        if asked.last is not None:
            files.append(("last_input_reference", "last.png", to_png(asked.last), "image/png"))
        return VideoJob(
            self._connection, Call("POST", VIDEOS, fields=as_form(fields), files=files), asked.seed
        )

    def sound(self, asked: SoundAsked) -> Job[bytes]:
        fields = shaping(self._options, asked.text, "")
        fields["input"] = fields.pop("prompt")
        fields |= {"response_format": "wav", "audio_length": asked.seconds, "seed": asked.seed}
        call = Call("POST", "/v1/audio/generate", json={**fields, **self._options.extra})
        return Direct(lambda: self._connection.send(call, lambda answer: answer.body, seed=asked.seed))

    def _lora(self, loras: tuple[LoraWeights, ...]) -> dict[str, Any]:
        if not loras:
            return {}
        path = at_engine(loras[0], self._options)
        return {"lora": {"name": loras[0].sha256[:16], "path": path, "scale": loras[0].strength}}


class VideoJob:
    """A job of OpenAI's video protocol, which SGLang-Diffusion speaks too."""

    def __init__(self, connection: Connection, call: Call, seed: int) -> None:
        self._connection, self._call, self._seed = connection, call, seed

    def send(self) -> str:
        return self._connection.send(self._call, _id_in, seed=self._seed)

    def look(self, id: str) -> State:
        call = Call("GET", f"{VIDEOS}/{id}", allowed=frozenset({404}))
        return self._connection.send(call, _state_in, seed=self._seed)

    def fetch(self, id: str) -> bytes:
        return self._connection.send(Call("GET", f"{VIDEOS}/{id}/content"), lambda answer: answer.body)

    def cancel(self, id: str) -> None:
        call = Call("DELETE", f"{VIDEOS}/{id}", allowed=frozenset({404, 405}))
        self._connection.send(call, lambda answer: None, attempts=1)


def shaping(options: RemoteOptions, prompt: str, negative: str) -> dict[str, Any]:
    """The fields that both OpenAI-like protocols share; nothing for what the engine decides itself."""
    found = {
        "model": options.model,
        "prompt": prompt,
        "negative_prompt": negative or None,
        "num_inference_steps": options.steps,
        "guidance_scale": options.guidance,
        "guidance_scale_2": getattr(options, "guidance_2", None),
    }
    return {name: value for name, value in found.items() if value is not None}


def as_form(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields of a multipart form: text as it is, anything else as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}


def at_engine(lora: LoraWeights, options: RemoteOptions) -> str:
    """The path of a LoRA on the engine's computer."""
    if not options.lora_folder:
        return str(lora.path)
    return f"{options.lora_folder.rstrip('/')}/{lora.sha256}.safetensors"


def picture_in(answer: Answer) -> bytes:
    """The picture in an answer of OpenAI's picture protocol."""
    try:
        return base64.b64decode(read_object(answer)["data"][0]["b64_json"], validate=True)
    except (KeyError, IndexError, TypeError, binascii.Error):
        raise Retry("an answer without data[0].b64_json") from None


def _id_in(answer: Answer) -> str:
    id = read_object(answer).get("id")
    if not isinstance(id, str) or not id or not all(sign.isalnum() or sign in "-_." for sign in id):
        raise Retry("an answer without the id of a job")
    return id


def _state_in(answer: Answer) -> State:
    if answer.status == 404:
        return State("gone")
    told = read_object(answer)
    status = _STATES.get(str(told.get("status")))
    if status is None:
        raise Retry(f"a job in the unknown state {str(told.get('status'))[:40]!r}")
    error = told.get("error")
    reason = str(error.get("message", "")) if isinstance(error, dict) else str(error or "")
    share = told.get("progress")
    return State(status, share / 100 if isinstance(share, int | float) else 0, reason)
