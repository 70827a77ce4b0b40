"""An OpenAI-compatible server that describes the picture it is sent; run as a process of its own.

The first part of its path says how it behaves. GET /log answers with every question so far. Prints its port.
"""

import base64
import io
import json
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

LOG, SEEN = [], Counter()


def described(question):
    """The size of the picture and the colour of its first pixel, so that another picture gives another answer."""
    url = question["messages"][0]["content"][1]["image_url"]["url"]
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        return f"A picture of\n{image.width} by {image.height}, {image.convert('RGB').getpixel((0, 0))}."


def reply(content, finish="stop"):
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": finish}
    return json.dumps({"choices": [choice]}).encode()


class Seeing(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, json.dumps(LOG).encode())

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["content-length"])))
        way = self.path.split("/")[1]
        SEEN[way] += 1
        LOG.append({"way": way, "path": self.path, "key": self.headers.get("authorization"), **question})
        said = described(question)
        fails_third = SEEN[way] == 3
        match way:
            case "second-slow" if SEEN[way] == 2:
                time.sleep(60)
            case "blind":
                self.answer(400, b'{"error": "image_url is not supported by this model"}')
            case "busy-once" if SEEN[way] % 2:
                self.answer(503, b"{}")
            case "silent":
                self.answer(200, reply(""))
            case "cut":
                self.answer(200, reply(said, "length"))
            case "sorry":
                self.answer(200, reply("I'm sorry, but I can't help with that."))
            case "third-silent" if fails_third:
                self.answer(200, reply("..."))
            case "third-filtered" if fails_third:
                self.answer(400, b'{"error": {"code": "content_filter"}}')
            case "third-broken" if fails_third:
                self.answer(401, b'{"error": "quota"}')
            case _:
                self.answer(200, reply(said))

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Seeing)
    print(server.server_port, flush=True)
    server.serve_forever()
