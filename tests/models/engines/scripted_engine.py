"""Engines that follow the protocols of vLLM-Omni, SGLang-Diffusion and LightX2V; run as a process of its own.

The first part of a path says how it behaves: GET /good/v1/models. The parts of a behaviour are joined by '+'.
GET /log answers with every request so far. Prints its port when it is ready; a port may be given to have it again.
"""

import base64
import json
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from multipart import parts

from assets.media.picture import from_png, resized, to_png
from assets.media.video import VideoQuality, encode

LOG, SEEN, JOBS = [], Counter(), {}
LORAS = defaultdict(list)  # by behaviour: nickname and strength of the active ones
FIELDS = {
    "/v1/videos": ["prompt", "input_reference", "num_frames", "last_input_reference", "lora"],
    "/v1/tasks/video/": ["prompt", "image_path", "last_frame_path", "lora_name", "task_id"],
}


class Engine(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: in two, each answer waits 40 ms
    disable_nagle_algorithm = True

    def do_GET(self):
        self.serve(b"")

    def do_DELETE(self):
        self.serve(b"")

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers["content-length"])))

    def serve(self, body):
        if self.path == "/log":
            return self.json(LOG)
        _, way, *rest = self.path.split("/")
        self.way, self.at = way.split("+"), "/" + "/".join(rest)
        asked = self.body(body)
        LOG.append({"way": way, "method": self.command, "path": self.at, "asked": shown(asked),
                    "key": self.headers.get("authorization")})  # fmt: skip
        SEEN[way, self.command, self.at] += 1
        if fault := self.fault(SEEN[way, self.command, self.at]):
            return fault()
        return self.routed(way, asked)

    def fault(self, times):
        posted = self.command == "POST" and "lora" not in self.at
        if "busy" in self.way and posted and times == 1:
            return lambda: self.answer(429, b"{}", **{"Retry-After": "0.2"})
        if "broken" in self.way and posted:
            return lambda: self.answer(500, b"oops")
        if "broken-twice" in self.way and posted and times < 3:
            return lambda: self.answer(500, b"oops")
        if "hangs-up" in self.way and self.at.endswith(("content", "result")) and times == 1:
            return self.cut_off
        if "key" in self.way and self.headers.get("authorization") != "Bearer sk-engine":
            return lambda: self.json({"error": str(self.headers.get("authorization"))}, 401)
        return None

    def routed(self, way, asked):
        at, get = self.at, self.command == "GET"
        if at == "/v1/models":
            return self.json({"object": "list", "data": [{"id": "Wan-AI/Wan2.2"}]})
        if at == "/version":
            return self.json({"version": "0.27.0rc1"})
        if at == "/v1/service/metadata":
            return self.json({"model_cls": "wan2.2_moe", "model_path": "Wan-AI/Wan2.2"})
        if at == "/openapi.json":
            return self.schema()
        if at == "/v1/list_loras":
            if "meddled" in self.way and SEEN[way, "GET", at] == 2:
                LORAS[way] = [{"nickname": "somebody", "strength": 1.0}]
            return self.json(
                {"loaded_adapters": [], "active": {"transformer": LORAS[way]} if LORAS[way] else {}}
            )
        if at == "/v1/unmerge_lora_weights":
            LORAS[way] = []
            return self.json({"status": "ok"})
        if at == "/v1/set_lora":
            pairs = zip(asked["lora_nickname"], asked["strength"], strict=True)
            LORAS[way] = [{"nickname": name, "strength": strength} for name, strength in pairs]
            return self.json({"status": "ok"})
        if at in ("/v1/images/generations", "/v1/images/edits"):
            return self.json({"data": [{"b64_json": base64.b64encode(self.picture(asked)).decode()}]})
        if at == "/v1/audio/generate":
            return self.answer(200, self.sound(asked))
        if at in ("/v1/videos", "/v1/tasks/video/", "/v1/tasks/image/"):
            return self.begun(way, asked)
        kind, id = [*at.split("/"), "", ""][2:4]
        return self.job(kind, id, get) if (way, id) in JOBS else self.json({"detail": "not found"}, 404)

    def schema(self):
        if "no-schema" in self.way:
            return self.json({"detail": "Not Found"}, 404)
        paths = {}
        for path, fields in FIELDS.items():
            known = [one for one in fields if "old" not in self.way or not one.startswith(("last", "lora"))]
            shown = {"properties": {one: {} for one in known}}
            paths[path] = {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": shown}}}}}
        return self.json({"info": {"version": "1.0.0"}, "paths": paths})

    def begun(self, way, asked):
        id = asked.get("task_id") or f"video_{len(JOBS)}"
        if (way, id) in JOBS:
            return self.json({"detail": f"Task ID {id} already exists"}, 503)
        JOBS[way, id] = {"asked": asked, "looks": 0, "status": "", "path": self.at}
        if "lost-answer" in self.way and SEEN[way, "POST", self.at] == 1:
            self.close_connection = True
            return self.connection.close()
        return self.json({"id": id, "task_id": id, "status": "queued", "task_status": "pending"})

    def job(self, kind, id, get):
        way = "+".join(self.way)
        job = JOBS[way, id]
        if not get:
            job["status"] = "cancelled"
            return self.json({"id": id, "deleted": True})
        if self.at.endswith(("/content", "/result")):
            return self.answer(200, self.made(job))
        job["looks"] += 1
        nth = SEEN[way, "POST", job["path"]]
        if "forgets" in self.way and nth == 1 and job["looks"] > 1:
            return self.json({"detail": "not found"}, 404)
        if "fails-once" in self.way and nth == 1:
            job["status"] = "failed"
        if "hangs" in self.way and job["status"] != "cancelled":
            job["status"] = "in_progress" if kind == "videos" else "processing"
        share = min(100, job["looks"] * 50) if "hangs" not in self.way else 10
        begun, done = ("in_progress", "completed") if kind == "videos" else ("processing", "completed")
        status = job["status"] or (done if share == 100 else begun)
        return self.json(
            {"id": id, "status": status, "progress": share, "error": {"message": "out of memory"}}
        )

    def made(self, job):
        asked = job["asked"]
        if job["path"] == "/v1/tasks/image/":
            return self.picture({"size": "{1}x{0}".format(*asked["target_shape"]), **asked})
        data = self.clip(asked)
        job["fetched"] = job.get("fetched", 0) + 1
        if "truncated" in self.way or ("truncated-once" in self.way and job["fetched"] == 1):
            return data[: len(data) // 2]
        return data

    def clip(self, asked):
        first = picture_of(asked.get("input_reference") or asked["image_path"])
        goal = asked.get("last_input_reference") or asked.get("last_frame_path")
        last = first if not goal or "ignores-last" in self.way else picture_of(goal)
        if "ignores-first" in self.way:
            first = last = 255 - first
        high, wide = first.shape[:2]
        frames = int(asked.get("num_frames") or asked.get("target_video_length") or 1)
        rate = int(asked.get("fps") or asked.get("target_fps") or 24)
        size = (wide, high)
        frames += "wrong-frames" in self.way
        rate += 8 * ("wrong-rate" in self.way)
        if "wrong-size" in self.way:
            size = (wide // 2 // 16 * 16, high // 2 // 16 * 16)
        shares = np.linspace(0, 1, frames)
        pictures = [
            resized((first + (last.astype(float) - first) * one).astype(np.uint8), size) for one in shares
        ]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "made.mp4"
            encode(
                pictures,
                path,
                size=size,
                rate=Fraction(rate),
                quality=VideoQuality(threads=1, preset="ultrafast"),
            )
            return path.read_bytes()

    def picture(self, asked):
        wide, high = (int(side) for side in asked["size"].split("x"))
        if "wrong-size" in self.way:
            wide, high = wide // 2, high
        dice = np.random.default_rng(int(asked["seed"]) % 2**32)
        made = to_png(resized(dice.integers(0, 255, (9, 16, 3), np.uint8), (wide, high)))
        return made[:200] if "truncated" in self.way else made

    def sound(self, asked):
        seconds = asked["audio_length"] / 2 if "wrong-length" in self.way else asked["audio_length"]
        tone = np.sin(np.arange(round(44_100 * seconds)) / 20) * (1.5 if "loud" in self.way else 0.5)
        data = BytesIO()
        subtype = "FLOAT" if "loud" in self.way else "PCM_16"
        soundfile.write(data, np.stack([tone, tone], axis=1), 44_100, format="WAV", subtype=subtype)
        return data.getvalue()[: 30 if "truncated" in self.way else None]

    def body(self, body):
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/"):
            return json.loads(body) if body else {}
        read = parts(kind, body)
        return {name: one[1] if isinstance(one, tuple) else one for name, one in read.items()}

    def cut_off(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b"\0" * 100)
        self.close_connection = True

    def json(self, value, status=200):
        self.answer(status, json.dumps(value).encode())

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        with suppress(OSError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args):
        pass


def picture_of(sent):
    return from_png(sent if isinstance(sent, bytes) else base64.b64decode(sent.partition(",")[2]))


def shown(asked):
    """What was asked, without the bytes of pictures."""

    def short(value):
        if isinstance(value, bytes):
            return f"<{len(value)} bytes>"
        return value[:60] if isinstance(value, str) and value.startswith("data:") else value

    return {name: short(value) for name, value in asked.items()}


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    for _ in range(50):
        try:
            server = ThreadingHTTPServer(("127.0.0.1", wanted), Engine)
            break
        except OSError:
            time.sleep(0.1)
    print(server.server_port, flush=True)
    server.serve_forever()
