"""An OpenAI-compatible server whose answers a person wrote: a recorded writer. Run as a process of its own.

python replay_server.py FILE.yaml [--wait FOLDER] [--stream]

FILE holds the answers of one story by the step they answer, in the order in which they are asked for. An answer is a
text, sent as it stands, however bad it is; or an object, in which lists may be written with bars:

    scene 2:
      - said:
          - Rain on the window.                 an action
          - Rin (softly) | It is late.          a line

With --wait, a question without an answer is laid into FOLDER as NAME.prompt.txt, and the server waits for
NAME.answer.json there. GET /log answers with the steps so far. Prints its port when it is ready.
"""

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

TASKS = {
    "Find the story in the premise": "idea",
    "Choose the people and the places": "cast",
    "Divide the story into": "parts",
    "Write the beats of the story": "beats",
    "Divide the beats into scenes": "plan",
    "Write scene ": "scene",
    "Take ": "trim",
    "Add ": "extend",
    "You now read as the director": "reading",
    "The person who ordered it wishes": "wish",
    "Write the scene again and mend": "revise",
    "Propose the bible of a show": "bible",
}
NUMBER = re.compile(r"^(?:Write s|S)cene (\d+)[:,]", re.MULTILINE)


def step(prompt: str) -> str:
    """Which step a prompt is: its task stands after everything that is settled."""
    last = max((prompt.rfind(f"\n{words}"), name) for words, name in TASKS.items())
    at = prompt.rfind(" Take ") if " seconds out of it" in prompt[-900:] else -1
    name = "trim" if at >= 0 else last[1]
    if re.search(r" Add \d+ seconds: ", prompt[-900:]):
        name = "extend"
    found = NUMBER.findall(prompt)
    return f"{name} {found[-1]}" if name in ("scene", "trim", "extend", "revise") and found else name


FORMS = {
    "keeps": ("kind", "premise", "story"),
    "people": ("name", "role", "age", "gender", "looks", "wants", "speech"),
    "places": ("name", "kind", "inside", "look"),
    "turns": ("what", "purpose"),
    "scenes": ("beats", "place", "hour", "weather", "people", "seconds", "goal", "sets_up", "pays_off"),
    "faults": ("scene", "line", "what"),
    "arcs": ("name", "now", "closed"),
}
NUMBERS = {"seconds", "scene", "line"}
TRUTHS = {"inside": "in", "closed": "closed"}


def whole(answer):
    """An answer with its short forms written out."""
    if not isinstance(answer, dict):
        return answer
    made = dict(answer)
    for name, fields in FORMS.items():
        if name in answer:
            made[name] = [_fields(one, fields) if isinstance(one, str) else one for one in answer[name]]
    if "said" in answer:
        made["said"] = [_told(one) if isinstance(one, str) else one for one in answer["said"]]
    return made


def _fields(text, fields):
    values = [part.strip() for part in text.split("|")]
    values += [""] * (len(fields) - len(values))
    return {name: _value(name, value) for name, value in zip(fields, values, strict=True)}


def _value(name, value):
    if name in NUMBERS:
        return int(value)
    if name in TRUTHS:
        return value == TRUTHS[name]
    if name == "beats":
        return [int(one) for one in value.split(",")]
    return [one.strip() for one in value.split(",") if one.strip()] if name == "people" else value


def _told(text):
    who, bar, said = text.partition(" | ")
    if not bar:
        return {"who": "", "how": "", "text": text}
    name, _, how = who.partition(" (")
    return {"who": name, "how": how.rstrip(")"), "text": said}


class Recorded(BaseHTTPRequestHandler):
    answers: dict
    seen: dict
    told: dict  # (prompt, seed) -> which answer it got
    log: list
    wait: Path | None = None
    stream = False

    def do_GET(self):
        self.send(200, json.dumps(self.log).encode())

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        prompt = asked["messages"][0]["content"]
        name, same = step(prompt), (prompt, asked.get("seed"))
        # The same question with the same seed has the same answer: its first asker may have been killed.
        at = self.told.setdefault(same, self.seen.get(name, 0))
        self.seen[name] = max(self.seen.get(name, 0), at + 1)
        self.log.append({"step": name, "letters": len(prompt), "prompt": prompt})
        recorded = self.answers.get(name, [])
        if at >= len(recorded):
            if self.wait is None:
                return self.send(404, f"no answer number {at + 1} is recorded for {name}".encode())
            recorded = [*recorded[:at], self.waited(f"{name}-{at + 1}", prompt)]
        answer = whole(recorded[at])
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        usage = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(text) // 3}
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self.send(200, json.dumps({"choices": [choice], "usage": usage}).encode())

    def waited(self, name, prompt):
        where = self.wait / name.replace(" ", "-")
        where.with_suffix(".prompt.txt").write_text(prompt, encoding="utf-8")
        answer = where.with_suffix(".answer.json")
        while not answer.exists():
            time.sleep(0.5)
        return json.loads(answer.read_text(encoding="utf-8"))

    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def main(file: str, *options: str) -> None:
    told = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    Recorded.answers, Recorded.seen, Recorded.told, Recorded.log = told["answers"], {}, {}, []
    if "--wait" in options:
        Recorded.wait = Path(options[options.index("--wait") + 1])
        Recorded.wait.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
