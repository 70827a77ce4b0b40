"""The protocol of the LightX2V server: one schema for first and last frame and VACE, tasks with ids of our choice.

The id of a task is the hash of what is asked, so a request whose answer was lost, or a run that was killed, finds its
task again. Length, rate and shape have defaults of their own, so all are sent.
"""

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from assets.hashing import digest
from assets.matter import Still
from assets.media.picture import to_png
from models.card import Accepted, Port
from models.connection import Answer, Call, Connection, Retry, read_object
from models.engines.dialect import ClipAsked, Facts, PictureAsked, SoundAsked, fields_of, said
from models.engines.options import RemoteOptions
from models.engines.work import Damaged, Job, State

_STATES: Mapping[str, Any] = {
    "pending": "waiting", "processing": "working", "completed": "done", "failed": "failed", "cancelled": "failed",
}  # fmt: skip


class LightX2V:
    """Dialect of the LightX2V server: its videos."""

    honours: ClassVar[Mapping[Port, frozenset[Accepted]]] = {
        "painter": frozenset({"references", "loras", "negative_prompt"}),
        "animator": frozenset({"last_frame", "loras", "negative_prompt"}),
    }
    newer: ClassVar[Mapping[Accepted, tuple[str, str]]] = {
        "last_frame": ("/v1/tasks/video/", "last_frame_path"),
        "loras": ("/v1/tasks/video/", "lora_name"),
    }
    loras: ClassVar[int] = 1

    def __init__(self, connection: Connection, options: RemoteOptions) -> None:
        self._connection, self._options = connection, options

    def facts(self) -> Facts:
        told = self._connection.json(Call("GET", "/v1/service/metadata"))
        schema = said(self._connection, "/openapi.json")
        models = tuple(str(told[name]) for name in ("model_path", "model_cls") if told.get(name))
        version = told.get("version") or schema.get("info", {}).get("version", "")
        return Facts(models, str(version), fields_of(schema))

    def picture(self, asked: PictureAsked) -> Job[bytes]:
        pictures = {"ref_image_paths": [_inline(one) for one in asked.references]} if asked.references else {}
        return TaskJob(self._connection, "/v1/tasks/image/", {**self._shared(asked), **pictures})

    def clip(self, asked: ClipAsked) -> Job[bytes]:
        fields = {
            **self._shared(asked),
            "image_path": _inline(asked.first),
            "target_video_length": asked.frames,
            "target_fps": int(asked.rate),
            **({"last_frame_path": _inline(asked.last)} if asked.last is not None else {}),
        }
        return TaskJob(self._connection, "/v1/tasks/video/", fields)

    def sound(self, asked: SoundAsked) -> Job[bytes]:
        raise NotImplementedError  # its card offers no foley

    def _shared(self, asked: PictureAsked | ClipAsked) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "prompt": asked.prompt.text,
            "negative_prompt": asked.prompt.negative,
            "seed": asked.seed,
            "target_shape": [asked.size[1], asked.size[0]],
        }
        if self._options.steps is not None:
            fields["infer_steps"] = self._options.steps
        if asked.loras:  # the server looks for the name in its own LoRA folder
            fields |= {
                "lora_name": f"{asked.loras[0].sha256}.safetensors",
                "lora_strength": asked.loras[0].strength,
            }
        return {**fields, **self._options.extra}


class TaskJob:
    """One task. A task of the same id that is at work or done is the same request."""

    def __init__(self, connection: Connection, path: str, fields: Mapping[str, Any]) -> None:
        self._connection, self._path, self._fields = connection, path, fields
        self._hash, self._tried = digest(fields)[:40], 0

    def send(self) -> str:
        while True:
            id = f"sakuga-{self._hash}-{self._tried}"
            self._tried += 1
            status = self.look(id).status
            if status in ("waiting", "working", "done"):
                return id
            if status == "gone":
                return self._posted(id)

    def look(self, id: str) -> State:
        call = Call("GET", f"/v1/tasks/{id}/status", allowed=frozenset({404}))
        return self._connection.send(call, _state_in)

    def fetch(self, id: str) -> bytes:
        call = Call("GET", f"/v1/tasks/{id}/result", allowed=frozenset({404}))
        answer = self._connection.send(call, lambda answer: answer)
        if answer.status == 404:
            raise Damaged("a task that is done and has no result")
        return answer.body

    def cancel(self, id: str) -> None:
        self._connection.send(Call("DELETE", f"/v1/tasks/{id}"), lambda answer: None, attempts=1)

    def _posted(self, id: str) -> str:
        call = Call("POST", self._path, json={**self._fields, "task_id": id}, allowed=frozenset({503}))

        def read(answer: Answer) -> str:
            if answer.status == 503 and b"already exists" not in answer.body:
                raise Retry(f"HTTP 503 ({answer.body[:100].decode(errors='replace')})")
            return id

        return self._connection.send(call, read)


def _state_in(answer: Answer) -> State:
    if answer.status == 404:
        return State("gone")
    told = read_object(answer)
    status = _STATES.get(str(told.get("status")))
    if status is None:
        raise Retry(f"a task in the unknown state {str(told.get('status'))[:40]!r}")
    share = told.get("progress")
    return State(status, share / 100 if isinstance(share, int | float) else 0, str(told.get("error") or ""))


def _inline(picture: Still) -> str:
    return "data:image/png;base64," + base64.b64encode(to_png(picture)).decode()
