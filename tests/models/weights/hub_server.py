"""A hub in a process of its own: the routes of huggingface.co that a fetch uses, and its faults on request.

    GET  /api/models/OWNER/NAME[/revision/REV]?blobs=true      what a repository holds
    GET  /OWNER/NAME/resolve/REV/PATH                          a file; Range is honoured

Source of the protocol: huggingface_hub 2.4 (hf_api.py, file_download.py) and https://huggingface.co/docs/hub/api.

    python hub_server.py FOLDER      serves FOLDER/OWNER/NAME/...; prints its port

FOLDER/faults.json: {"cut": bytes after which a download is cut, "cuts": how often, "changed": path with one changed
byte, "status": {path or "api": HTTP status}, "statuses": how often, "sha": the commit the API claims, "token": the
only token accepted, "whole": true to ignore Range, "blob": path whose git hash is stated wrongly}.
FOLDER/requests.log gets one line per request: method, path, range, whether a token came.
"""

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".safetensors", ".bin")
CARD = "card.json"  # {"license": ..., "gated": ...}; not a file of the repository
_counted: dict[str, int] = {}
_lock = Lock()


def below(counter: str, most: int) -> bool:
    """Whether a fault that happens ``most`` times is still to happen; counts it."""
    with _lock:
        _counted[counter] = _counted.get(counter, 0) + 1
        return _counted[counter] <= most


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: Path

    def log_message(self, *told: object) -> None: ...

    @property
    def faults(self) -> dict:
        file = self.root / "faults.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        token = self.headers.get("authorization", "")
        with _lock, (self.root / "requests.log").open("a") as log:
            log.write(f"{self.command} {path} {self.headers.get('Range', '-')} {token or '-'}\n")
        if wanted := self.faults.get("token"):
            if not token:
                return self._error(401, "GatedRepo")
            if token != f"Bearer {wanted}":
                return self._error(403, "GatedRepo")
        if path.startswith("/api/models/"):
            return self._about(path.removeprefix("/api/models/"))
        owner, name, word, revision, *rest = path.strip("/").split("/", 4)
        if word != "resolve" or not (self.root / owner / name).is_dir():
            return self._error(404, "RepoNotFound")
        if revision not in (COMMIT, "main"):
            return self._error(404, "RevisionNotFound")
        return self._file(f"{owner}/{name}", rest[0])

    def _about(self, path: str) -> None:
        hub, _, revision = path.partition("/revision/")
        if self._fails("api"):
            return None
        if not (self.root / hub).is_dir():
            return self._error(404, "RepoNotFound")
        if revision not in ("", "main", COMMIT):
            return self._error(404, "RevisionNotFound")
        card = self.root / hub / CARD
        about = json.loads(card.read_text()) if card.exists() else {}
        return self._json(
            {
                "id": hub,
                "sha": self.faults.get("sha", COMMIT),
                "gated": about.pop("gated", False),
                "cardData": about,
                "siblings": [self._sibling(hub, file) for file in self._files(hub)],
            }
        )

    def _files(self, hub: str) -> list[Path]:
        return sorted(each for each in (self.root / hub).rglob("*") if each.is_file() and each.name != CARD)

    def _sibling(self, hub: str, file: Path) -> dict:
        data, name = file.read_bytes(), file.relative_to(self.root / hub).as_posix()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        if self.faults.get("blob") == name:
            blob = "0" * 40
        told = {"rfilename": name, "size": len(data), "blobId": blob}
        if name.endswith(LARGE):
            sha = hashlib.sha256(data).hexdigest()
            told["lfs"] = {"sha256": sha, "size": len(data), "pointerSize": 134}
        return told

    def _file(self, hub: str, name: str) -> None:
        file = self.root / hub / name
        if self._fails(name):
            return None
        if not file.is_file() or file.name == CARD:
            return self._error(404, "EntryNotFound")
        data = bytearray(file.read_bytes())
        if self.faults.get("changed") == name:
            data[-1] ^= 1
        start = self._start(len(data))
        self.send_response(206 if start else 200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if self.command == "HEAD":
            return None
        cut = self.faults.get("cut")
        if cut and len(data) - start > cut and below("cut", self.faults.get("cuts", 1)):
            self.wfile.write(data[start : start + cut])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return None
        self.wfile.write(data[start:])
        return None

    def _start(self, size: int) -> int:
        given = self.headers.get("Range", "")
        if not given.startswith("bytes=") or self.faults.get("whole"):
            return 0
        return min(int(given.removeprefix("bytes=").split("-")[0] or 0), size)

    def _fails(self, name: str) -> bool:
        status = self.faults.get("status", {}).get(name)
        if status and below(f"status {name}", self.faults.get("statuses", 10**6)):
            self._error(status, "")
            return True
        return False

    def _error(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, data: dict) -> None:
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    Handler.root = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
