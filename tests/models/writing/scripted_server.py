"""An OpenAI-compatible server that behaves as the first part of its path says; run as a process of its own.

GET /log answers with every question so far. Prints its port when it is ready.
"""

import json
import time
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = {"title": "星の猫", "mood": "calm"}
LOG, SEEN = [], Counter()


def reply(content, finish="stop", usage=True, **message):
    counts = {"usage": {"prompt_tokens": 1000, "completion_tokens": 200}} if usage else {}
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return json.dumps({"choices": [choice], **counts}).encode()


def streamed(*pieces, end=True, usage=True):
    """The answer as server-sent events, split inside characters and lines as a network may."""
    events = [{"choices": [{"delta": {"role": "assistant"}}]}]
    events += [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    if end:
        events.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    if usage:
        events.append({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 200}})
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return (": ping\n\n" + "".join(lines) + ("data: [DONE]\n\n" if end else "")).encode()


WHOLE = json.dumps(GOOD, ensure_ascii=False)


def good():
    return reply(json.dumps(GOOD, ensure_ascii=False))


PLAIN = {
    "good": good,
    "uncounted": lambda: reply(json.dumps(GOOD), usage=False),
    "fenced": lambda: reply("Sure! ```json\n" + json.dumps(GOOD) + "\n```"),
    "cut": lambda: reply('{"title": "star", "mo', finish="length"),
    "other-key": lambda: reply(json.dumps({**GOOD, "dialogue": "rewritten"})),
    "wrong-mood": lambda: reply(json.dumps({**GOOD, "mood": "furious"})),
    "missing-key": lambda: reply('{"title": "star"}'),
    "list": lambda: reply("[1]"),
    "half-character": lambda: reply('{"title": "\\ud83d", "mood": "calm"}'),
    "not-a-number": lambda: reply('{"title": NaN, "mood": "calm"}'),
    "deep": lambda: reply("[" * 200_000),
    "refusing": lambda: reply(None, refusal="I will not"),
    "thinking": lambda: reply(""),
    "huge": lambda: reply("x" * 3_000_000),
    "no-choices": lambda: b'{"object": "error"}',
    "string-choices": lambda: b'{"choices": "no"}',
    "html": lambda: b"<html>nginx</html>",
    "bare-list": lambda: b"[]",
    "thinking-aloud": lambda: reply('<think>{"mood": 1} hm</think>\n' + WHOLE),
    "thinking-ended": lambda: reply("Let me think. {}\n</think>\n\n" + WHOLE),
    "only-thinks": lambda: reply("<think>The cat, the star..."),
    "sorry": lambda: reply("I'm sorry, but I can't help with that."),
    "sorry-ja": lambda: reply("申し訳ありませんが、その内容は書けません。"),
    "filtered": lambda: reply("", finish="content_filter"),
}


class Scripted(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, json.dumps(LOG).encode())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        way = self.path.split("/")[1]
        SEEN[way] += 1
        LOG.append(
            {"way": way, "path": self.path, "key": self.headers.get("authorization"), **json.loads(body)}
        )
        getattr(self, "on_" + way.replace("-", "_"), lambda: self.answer(200, PLAIN[way]()))()

    def on_busy_once(self):
        busy = SEEN["busy-once"] % 2
        self.answer(
            429 if busy else 200, b"{}" if busy else good(), **({"Retry-After": "0.3"} if busy else {})
        )

    def on_busy_long(self):
        self.answer(429, b"{}", **{"Retry-After": "86400"})

    def on_broken_twice(self):
        broken = SEEN["broken-twice"] % 3
        self.answer(503 if broken else 200, b"oops" if broken else good())

    def on_streams(self):
        self.answer(
            200, streamed(WHOLE[:9], WHOLE[9:]), **{"Content-Type": "text/event-stream; charset=utf-8"}
        )

    def on_stream_breaks(self):
        whole = SEEN["stream-breaks"] % 2 == 0
        self.answer(
            200, streamed(WHOLE if whole else WHOLE[:9], end=whole), **{"Content-Type": "text/event-stream"}
        )

    def on_only_tools(self):
        asked = LOG[-1]
        if "tools" not in asked:
            return self.answer(400, b'{"error": "response_format json_schema is not supported"}')
        call = {"type": "function", "function": {"name": "answer", "arguments": WHOLE}}
        return self.answer(200, reply(None, finish="tool_calls", tool_calls=[call]))

    def on_only_prompts(self):
        asked = LOG[-1]
        plain = not asked.keys() & {"tools", "response_format", "guided_json"}
        self.answer(200 if plain else 422, good() if plain else b'{"error": "unknown field"}')

    def on_ignores_schema(self):
        shown = "JSON Schema" in LOG[-1]["messages"][0]["content"]
        self.answer(200, good() if shown else reply("A cat, a star, a long night."))

    def on_overflows(self):
        self.answer(
            400, b'{"error": {"code": "context_length_exceeded", "message": "maximum context length"}}'
        )

    def on_broken(self):
        self.answer(500, b"oops")

    def on_keyless(self):
        self.answer(
            401, json.dumps({"error": "no such key: " + str(self.headers.get("authorization"))}).encode()
        )

    def on_elsewhere(self):
        self.answer(307, b"", Location="http://203.0.113.7/v1/chat/completions")

    def on_slow(self):
        time.sleep(1.5)
        self.answer(200, good())

    def on_dripping(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with suppress(OSError):  # whoever asked has left
            for _ in range(15):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.1)

    def on_hanging_up(self):
        self.close_connection = True
        self.connection.close()

    def on_short(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"choices"')
        self.close_connection = True

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        with suppress(OSError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    print(server.server_port, flush=True)
    server.serve_forever()
