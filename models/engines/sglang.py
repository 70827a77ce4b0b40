"""The protocol of SGLang-Diffusion: OpenAI's pictures and videos; LoRAs are a state of the whole server.

The seed defaults to 1024 and the size to a portrait, so both are sent. The set of LoRAs is changed only where a cut
needs another one, and is compared before and after every piece: another client may have changed it.
"""

import json
from collections.abc import Mapping
from threading import Lock
from typing import Any, ClassVar

from assets.media.picture import to_png
from models.card import Accepted, Port
from models.connection import Call, Connection
from models.engines.dialect import ClipAsked, Direct, Facts, PictureAsked, SoundAsked, fields_of, said
from models.engines.options import RemoteOptions
from models.engines.vllm_omni import VIDEOS, VideoJob, as_form, at_engine, picture_in, shaping
from models.engines.work import Damaged, Job
from models.ports import LoraWeights


class SglangDiffusion:
    """Dialect of SGLang-Diffusion: several LoRAs a cut, for one expert or both."""

    honours: ClassVar[Mapping[Port, frozenset[Accepted]]] = {
        "painter": frozenset({"references", "loras", "negative_prompt"}),
        "animator": frozenset({"loras", "negative_prompt"}),
    }
    newer: ClassVar[Mapping[Accepted, tuple[str, str]]] = {}
    loras: ClassVar[int] = 16

    def __init__(self, connection: Connection, options: RemoteOptions) -> None:
        self._connection, self._options = connection, options
        self._state = LoraState(connection, options)

    def facts(self) -> Facts:
        listed = self._connection.json(Call("GET", "/v1/models")).get("data", [])
        version = said(self._connection, "/server_info").get("version", "")
        schema = said(self._connection, "/openapi.json")
        return Facts(tuple(str(one.get("id")) for one in listed), str(version), fields_of(schema))

    def picture(self, asked: PictureAsked) -> Job[bytes]:
        fields = {
            **shaping(self._options, asked.prompt.text, asked.prompt.negative),
            **{"size": "{}x{}".format(*asked.size), "seed": asked.seed, "n": 1},
            **{"response_format": "b64_json", "output_format": "png", **self._options.extra},
        }
        call = Call("POST", "/v1/images/generations", json=fields)
        if asked.references:
            files = [
                ("image", f"{at}.png", to_png(one), "image/png") for at, one in enumerate(asked.references)
            ]
            call = Call("POST", "/v1/images/edits", fields=as_form(fields), files=files)
        job = Direct(lambda: self._connection.send(call, picture_in, seed=asked.seed))
        return WithLoras(job, self._state, asked.loras)

    def clip(self, asked: ClipAsked) -> Job[bytes]:
        own = {
            **shaping(self._options, asked.prompt.text, asked.prompt.negative),
            **{"num_frames": asked.frames, "fps": int(asked.rate), "seed": asked.seed, **self._options.extra},
        }
        # Older versions read only some fields of a form, and the others from extra_body.
        fields = {**own, "size": "{}x{}".format(*asked.size), "extra_body": json.dumps(own)}
        files = [("input_reference", "first.png", to_png(asked.first), "image/png")]
        call = Call("POST", VIDEOS, fields=as_form(fields), files=files)
        return WithLoras(VideoJob(self._connection, call, asked.seed), self._state, asked.loras)

    def sound(self, asked: SoundAsked) -> Job[bytes]:
        raise NotImplementedError  # its card offers no foley


class LoraState:
    """The LoRAs that the server has switched on, and the lock for whoever needs others."""

    def __init__(self, connection: Connection, options: RemoteOptions) -> None:
        self._connection, self._options = connection, options
        self.lock = Lock()

    def switch_to(self, loras: tuple[LoraWeights, ...]) -> None:
        """Have exactly ``loras`` switched on; nothing is sent if they are."""
        if self.holds(loras):
            return
        self._connection.json(Call("POST", "/v1/unmerge_lora_weights", json={"target": "all"}))
        if loras:
            body = {
                "lora_nickname": [one.sha256[:16] for one in loras],
                "lora_path": [at_engine(one, self._options) for one in loras],
                "strength": [one.strength for one in loras],
                "target": [_TARGETS[one.expert] for one in loras],
            }
            self._connection.json(Call("POST", "/v1/set_lora", json=body))

    def holds(self, loras: tuple[LoraWeights, ...]) -> bool:
        """Whether the server says that exactly ``loras`` are active, at their strengths."""
        active = self._connection.json(Call("GET", "/v1/list_loras")).get("active", {})
        found = {
            (str(one.get("nickname")), round(float(one.get("strength", 1)), 4))
            for of_module in active.values()
            for one in (of_module if isinstance(of_module, list) else [of_module])
        }
        return found == {(one.sha256[:16], round(one.strength, 4)) for one in loras}


_TARGETS: Mapping[str, str] = {"": "all", "high": "transformer", "low": "transformer_2"}


class WithLoras:
    """A job that is done under one set of LoRAs."""

    def __init__(self, job: Job[bytes], state: LoraState, loras: tuple[LoraWeights, ...]) -> None:
        self._job, self._state, self._loras = job, state, loras

    def send(self) -> str:
        with self._state.lock:
            self._state.switch_to(self._loras)
            return self._job.send()

    def fetch(self, id: str) -> bytes:
        made = self._job.fetch(id)
        if not self._state.holds(self._loras):
            raise Damaged("another client changed the server's LoRAs in the middle")
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._job, name)
