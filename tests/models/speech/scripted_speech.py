"""A server that follows OpenAI's speech endpoint; run as a process of its own.

The first part of a path says how it behaves: POST /good/v1/audio/speech. GET /log answers with every request so far.
Source of the protocol: the API reference of OpenAI, "Create speech". Prints its port when it is ready.
"""

import io
import json
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import soundfile

LOG, SEEN = [], Counter()
RATE = 24_000


def tone(asked, way):
    """A tone at a pitch of the voice, as long as the text."""
    letters = len(asked["input"])
    seconds = 60.0 if way == "stumbling" else 0.08 * letters / asked.get("speed", 1)
    moments = np.arange(int(seconds * RATE)) / RATE
    hertz = 120 + zlib.crc32(f"{asked['voice']}{asked.get('seed', '')}".encode()) % 300
    wave = 0.3 * np.sin(2 * np.pi * hertz * moments)
    wave *= 0 if way == "silent" else 1
    wave = np.full_like(wave, np.nan) if way == "broken" else wave
    return np.stack([wave, wave / 2], axis=1) if way == "stereo" else wave


class Speech(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *told): ...

    def do_GET(self):
        if self.path == "/log":
            return self.json(LOG)
        way = self.path.split("/")[1]
        if way == "no-list":
            return self.json({"error": "not found"}, 404)
        return self.json({"data": [{"id": "other" if way == "other-model" else "tts"}]})

    def do_POST(self):
        way, at = self.path.split("/")[1], "/" + "/".join(self.path.split("/")[2:])
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        LOG.append({"way": way, "at": at, "asked": asked, "key": self.headers.get("authorization")})
        SEEN[way] += 1
        first = SEEN[way] == 1
        if at != "/v1/audio/speech" or way == "lost":
            return self.json({"error": {"message": "no such path"}}, 404)
        if way == "unknown-voice":
            return self.json({"error": {"message": f"voice {asked['voice']} does not exist"}}, 400)
        if way == "locked":
            return self.json({"error": {"message": f"wrong key {self.headers.get('authorization')}"}}, 401)
        if way == "busy" and first:
            return self.json({"error": "busy"}, 503)
        if way == "slow":
            time.sleep(1.0)
        return self.sound(way, asked, first)

    def sound(self, way, asked, first):
        file = io.BytesIO()
        kind = asked["response_format"]
        soundfile.write(
            file, tone(asked, way), RATE, format=kind.upper(), subtype="FLOAT" if way == "broken" else None
        )
        data = file.getvalue()
        if way == "mp3":
            data = b"ID3" + bytes(500)
        if way == "page":
            data = b"<html>hello</html>"
        if way == "garbage":
            data = bytes(range(256)) * 8
        if way == "streamed":
            data = data[:4] + b"\xff\xff\xff\xff" + data[8:40] + b"\xff\xff\xff\xff" + data[44:]
        if way == "half" and first:
            data = data[: len(data) // 2]
        if way == "empty":
            data = b""
        self.answer(200, data, "audio/wav")

    def json(self, data, status=200):
        self.answer(status, json.dumps(data).encode(), "application/json")

    def answer(self, status, data, kind):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speech)
    print(server.server_port, flush=True)
    server.serve_forever()
