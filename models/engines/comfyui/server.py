"""ComfyUI's protocol: what a server has, and one run of a workflow on it.

In: a connection, a filled workflow.      Out: the files that its output node wrote.
The id of a run is the hash of the workflow, so a run whose answer was lost is found again. Progress and previews
come over a web socket; without it the queue alone is asked.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from assets.errors import InputRefused, SetupMissing
from assets.hashing import digest
from models.connection import Answer, Call, Connection, read_object
from models.engines.comfyui.graph import Graph
from models.engines.work import Damaged, State

Preview = Callable[[bytes], None]
Files = tuple[tuple[str, bytes], ...]
"""Name and bytes of each file."""
_PREVIEW, _PREVIEW_TOLD = 1, 4  # kinds of binary messages
_KEPT = ("images", "gifs", "videos", "audio")


class ComfyServer:
    """What one server has and offers."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.client = uuid.uuid4().hex

    def version(self) -> str:
        told = self.connection.json(Call("GET", "/system_stats")).get("system", {})
        return str(told.get("comfyui_version", "")) if isinstance(told, dict) else ""

    def check(self, graph: Graph) -> Mapping[str, Any]:
        """Refuse a workflow with nodes or files that the server has not; returns its list of nodes."""
        known = self.connection.json(Call("GET", "/object_info"))
        lacking = sorted({node.kind for node in graph.nodes.values() if node.kind not in known})
        if lacking:
            named = ", ".join(
                f"{kind} (node {', '.join(node.id for node in graph.nodes.values() if node.kind == kind)})"
                for kind in lacking
            )
            raise SetupMissing(
                f"ComfyUI at {self.connection.base_url} lacks {named}. Install the custom nodes there (ComfyUI-Manager "
                "finds them by these names), restart it, and run again."
            )
        files = [
            f"{value!r} (node {node.id}, {name})"
            for node in graph.nodes.values()
            for name, value in node.inputs.items()
            if isinstance(value, str)
            and _is_file(name)
            and value not in choices(known, node.kind, name, value)
        ]
        if files:
            raise SetupMissing(
                f"ComfyUI at {self.connection.base_url} has no {', '.join(files)}. Put the files into its models "
                "folder, or choose others in the workflow."
            )
        return known

    def upload(self, picture: bytes, name: str) -> str:
        """Put a picture into the server's input folder; returns its name there."""
        call = Call(
            "POST", "/upload/image", fields={"type": "input", "overwrite": "true"},
            files=[("image", name, picture, "image/png")],
        )  # fmt: skip
        told = self.connection.json(call)
        folder = str(told.get("subfolder") or "")
        return f"{folder}/{told.get('name', name)}" if folder else str(told.get("name", name))


def choices(known: Mapping[str, Any], kind: str, name: str, otherwise: str) -> tuple[str, ...]:
    """What the server offers for an input that is a list; ``otherwise`` where it is none."""
    inputs = known.get(kind, {}).get("input", {})
    told = {**inputs.get("required", {}), **inputs.get("optional", {})}.get(name)
    if not isinstance(told, list) or not told:
        return (otherwise,)
    listed = told[0]
    if listed == "COMBO" and len(told) > 1 and isinstance(told[1], dict):  # newer servers
        listed = told[1].get("options")
    return tuple(map(str, listed)) if isinstance(listed, list) else (otherwise,)


class ComfyJob:
    """One run of a filled workflow."""

    def __init__(
        self, server: ComfyServer, filled: dict[str, Any], output: str, preview: Preview | None = None
    ) -> None:
        self._server, self._filled, self._output, self._preview = server, filled, output, preview
        self._connection = server.connection
        self._hash, self._tried = digest(filled), 0
        self._heard: _Listener | None = None

    def send(self) -> str:
        while True:
            id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._hash}-{self._tried}"))
            self._tried += 1
            status = self.look(id).status
            if status == "gone":
                self._heard = _Listener(self._connection, self._server.client, self._preview)
                return self._posted(id)
            if status != "failed":
                return id

    def look(self, id: str) -> State:
        told = self._connection.json(Call("GET", f"/history/{id}")).get(id)
        if isinstance(told, dict):
            return _finished(told)
        queue = self._connection.json(Call("GET", "/queue"))
        if any(_id_of(entry) == id for entry in queue.get("queue_running", ())):
            return State("working", self._heard.share if self._heard else 0)
        if any(_id_of(entry) == id for entry in queue.get("queue_pending", ())):
            return State("waiting")
        told = self._connection.json(Call("GET", f"/history/{id}")).get(id)  # it may have ended in between
        return _finished(told) if isinstance(told, dict) else State("gone")

    def fetch(self, id: str) -> Files:
        self._end()
        outputs = self._connection.json(Call("GET", f"/history/{id}")).get(id, {}).get("outputs", {})
        told = outputs.get(self._output, {})
        entries = [entry for kind in _KEPT for entry in told.get(kind, ()) if entry.get("filename")]
        if not entries:
            raise Damaged(f"node {self._output} wrote no file")
        return tuple((str(entry["filename"]), self._file(entry)) for entry in entries)

    def cancel(self, id: str) -> None:
        """Take it out of the queue; interrupt it only if it is the one that runs."""
        self._end()
        self._connection.send(Call("POST", "/queue", json={"delete": [id]}), _nothing, attempts=1)
        queue = self._connection.json(Call("GET", "/queue"), attempts=1)
        if any(_id_of(entry) == id for entry in queue.get("queue_running", ())):
            self._connection.send(Call("POST", "/interrupt", json={"prompt_id": id}), _nothing, attempts=1)

    def _posted(self, id: str) -> str:
        body = {"prompt": self._filled, "client_id": self._server.client, "prompt_id": id}
        call = Call("POST", "/prompt", json=body, allowed=frozenset({400}))
        told = self._connection.send(call, lambda answer: _accepted(answer))
        return str(told.get("prompt_id") or id)

    def _file(self, entry: Mapping[str, Any]) -> bytes:
        asked = urlencode({name: str(entry.get(name) or "") for name in ("filename", "subfolder", "type")})
        return self._connection.send(Call("GET", f"/view?{asked}"), lambda answer: answer.body)

    def _end(self) -> None:
        if self._heard is not None:
            self._heard.end()
            self._heard = None


class _Listener:
    """Listens to the server's web socket in a thread: the share of the running node, and previews."""

    def __init__(self, connection: Connection, client: str, preview: Preview | None) -> None:
        self.share, self._preview = 0.0, preview
        self._socket: Any = None
        parts = urlsplit(connection.base_url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self._url = f"{scheme}://{parts.netloc}{parts.path}/ws?clientId={quote(client)}"
        self._headers = connection.headers()
        self._open()

    def _open(self) -> None:
        with suppress(OSError, TimeoutError, ValueError, EOFError):
            from websockets.exceptions import WebSocketException
            from websockets.sync.client import connect

            try:
                self._socket = connect(
                    self._url, open_timeout=5, close_timeout=1, max_size=32_000_000, compression=None,
                    additional_headers=self._headers, proxy=None,
                )  # fmt: skip
            except WebSocketException:
                return  # progress is a comfort: the queue tells when the run has ended
            threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        from websockets.exceptions import WebSocketException

        with suppress(WebSocketException, OSError, EOFError):
            for message in self._socket or ():
                self._heard(message)

    def _heard(self, message: "str | bytes") -> None:
        if isinstance(message, bytes):
            if self._preview is not None and (picture := _preview_in(message)):
                self._preview(picture)
            return
        with suppress(ValueError, TypeError, KeyError, ZeroDivisionError):
            told = json.loads(message)
            if told["type"] == "progress":
                self.share = max(self.share, min(1.0, told["data"]["value"] / told["data"]["max"]))

    def end(self) -> None:
        if self._socket is not None:
            self._socket.close()


def _preview_in(message: bytes) -> bytes:
    """The picture of a preview message; empty for any other."""
    kind = int.from_bytes(message[:4], "big")
    if kind == _PREVIEW:
        return message[8:]
    if kind == _PREVIEW_TOLD:
        return message[8 + int.from_bytes(message[4:8], "big") :]
    return b""


def _accepted(answer: Answer) -> dict[str, Any]:
    told = read_object(answer)
    if answer.status != 400:
        return told
    faults = [
        f"node {id} ({one.get('class_type', '?')}): {fault.get('message', '')} {fault.get('details', '')}".strip()
        for id, one in (told.get("node_errors") or {}).items()
        for fault in one.get("errors", ())
    ]
    error = told.get("error")
    said = error.get("message", "") if isinstance(error, dict) else str(error or "")
    raise InputRefused(f"ComfyUI refuses the workflow: {said} {'; '.join(faults)[:600]}".strip())


def _finished(told: Mapping[str, Any]) -> State:
    status = told.get("status") or {}
    if status.get("status_str") == "error":
        failed = [
            one[1]
            for one in status.get("messages", ())
            if one[0] in ("execution_error", "execution_interrupted")
        ]
        reason = str(failed[0].get("exception_message") or "it was interrupted") if failed else ""
        node = failed[0].get("node_type") if failed else None
        return State("failed", reason=f"{node}: {reason}" if node else reason)
    return State("done", 1)


def _id_of(entry: Any) -> str:
    return str(entry[1]) if isinstance(entry, list) and len(entry) > 1 else ""


def _is_file(name: str) -> bool:
    return name.endswith("_name") or name in ("model", "ckpt", "vae", "clip")


def _nothing(answer: Answer) -> None:
    return None
