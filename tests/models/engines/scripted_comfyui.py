"""A ComfyUI server that follows its protocol without its nodes; run as a process of its own.

The first part of a path says how it behaves; the parts of a behaviour are joined by '+'. GET /log answers with every
request so far. Prints its port when it is ready.
"""

import asyncio
import json
import socket
import struct
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import uvicorn
from multipart import parts
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from assets.media.picture import from_png, resized, to_png
from assets.media.video import VideoQuality, encode

LOG, SEEN, RUNS, PICTURES = [], Counter(), {}, {}
SOCKETS = defaultdict(list)
FILES = {
    "ckpt_name": ["animagine-xl-4.0.safetensors"],
    "unet_name": ["wan2.2_i2v_high_noise_14B.safetensors", "wan2.2_i2v_low_noise_14B.safetensors",
                  "flux-2-klein.safetensors"],
    "clip_name": ["umt5_xxl.safetensors", "qwen3.safetensors"],
    "vae_name": ["wan_2.1_vae.safetensors", "ae.safetensors"],
    "lora_name": ["style.safetensors", "high.safetensors", "low.safetensors", "5" * 64 + ".safetensors",
                  "shows/" + "7" * 64 + ".safetensors"],
    "sampler_name": ["euler"],
}  # fmt: skip
KINDS = {
    node["class_type"]
    for path in (Path(__file__).parent / "workflows").glob("*.json")
    for node in json.loads(path.read_text()).values()
}


async def serve(request):
    way, at = request.path_params["way"], "/" + request.path_params["at"]
    body, kind = await request.body(), request.headers.get("content-type", "")
    form = parts(kind, body) if kind.startswith("multipart/") else {}
    asked = json.loads(body) if body and not form else {}
    LOG.append({"way": way, "method": request.method, "path": at, "asked": asked})
    SEEN[way, at] += 1
    if at == "/system_stats":
        return JSONResponse({"system": {"comfyui_version": "0.9.1"}})
    if at == "/object_info":
        return JSONResponse(known(way))
    if at == "/upload/image":
        name, data = form["image"]
        PICTURES[name] = from_png(data)
        return JSONResponse({"name": name, "subfolder": "", "type": "input"})
    if at == "/prompt":
        return begun(way, asked)
    if at == "/queue" and request.method == "POST":
        for id in asked["delete"]:
            RUNS.pop((way, id), None) if RUNS.get((way, id), {}).get("looks", 1) == 0 else None
        return JSONResponse({})
    if at == "/interrupt":
        RUNS.pop((way, asked["prompt_id"]), None)
        return JSONResponse({})
    if at == "/queue":
        return JSONResponse(await queue(way))
    if at.startswith("/history/"):
        return JSONResponse(history(way, at.rpartition("/")[2]))
    if at == "/view":
        return Response(file(way, request.query_params["filename"]))
    return Response(status_code=404)


def known(way):
    kinds = KINDS - ({"LoraLoader", "WanFirstLastFrameToVideo"} if "bare" in way else set())
    files = {**FILES, "ckpt_name": []} if "empty" in way else FILES
    if "new" in way:
        shown = {name: ["COMBO", {"options": offered}] for name, offered in files.items()}
    else:
        shown = {name: [offered] for name, offered in files.items()}
    return {kind: {"input": {"required": shown}} for kind in kinds}


def begun(way, asked):
    if "refuses" in way:
        errors = {
            "3": {"class_type": "KSampler", "errors": [{"message": "Value too large", "details": "steps"}]}
        }
        return JSONResponse({"error": {"message": "Prompt failed"}, "node_errors": errors}, status_code=400)
    if "busy" in way and SEEN[way, "/prompt"] < 3:
        return JSONResponse({}, status_code=503)
    id = asked["prompt_id"]
    RUNS[way, id] = {
        "graph": asked["prompt"],
        "client": asked["client_id"],
        "looks": 0,
        "nth": SEEN[way, "/prompt"],
    }
    return JSONResponse({"prompt_id": id, "number": 1, "node_errors": {}})


async def queue(way):
    running = []
    for (where, id), run in list(RUNS.items()):
        if where != way or ended(way, run):
            continue
        run["looks"] += 1
        if "forgets" in way and run["nth"] == 1 and run["looks"] > 2:
            del RUNS[where, id]
            continue
        running.append([1, id, {}, {}, []])
        for one in SOCKETS[run["client"]]:
            told = {"value": run["looks"], "max": 4, "prompt_id": id, "node": "3"}
            await one.send_json({"type": "progress", "data": told})
            await one.send_bytes(struct.pack(">II", 1, 2) + to_png(np.full((8, 8, 3), 99, np.uint8)))
    return {"queue_running": running, "queue_pending": []}


def ended(way, run):
    return run["looks"] >= 3 and "hangs" not in way


def history(way, id):
    run = RUNS.get((way, id))
    if run is None or not ended(way, run):
        return {}
    if "fails" in way and ("once" not in way or run["nth"] == 1):
        told = ["execution_error", {"node_type": "KSampler", "exception_message": "out of memory"}]
        return {id: {"status": {"status_str": "error", "messages": [told]}, "outputs": {}}}
    saves = next(key for key, node in run["graph"].items() if node["class_type"].startswith("Save"))
    return {id: {"status": {"status_str": "success"}, "outputs": {saves: files(way, id, run["graph"])}}}


def files(way, id, graph):
    def entry(name):
        return {"filename": f"{id}_{name}", "subfolder": "", "type": "output"}

    if "silent" in way:
        return {}
    if any(node["class_type"] == "SaveVideo" for node in graph.values()):
        return {"images": [entry("made.mp4")], "animated": [True]}
    return {"images": [entry("made.png")]}


def file(way, name):
    id = name.partition("_")[0]
    graph = RUNS[way, id]["graph"]
    made = next(node["inputs"] for node in graph.values() if {"width", "batch_size"} <= node["inputs"].keys())
    size = (made["width"] // (2 if "wrong-size" in way else 1), made["height"])
    if name.endswith(".png"):
        seed = next(node["inputs"].get("seed", node["inputs"].get("noise_seed")) for node in graph.values()
                    if {"seed", "noise_seed"} & node["inputs"].keys())  # fmt: skip
        dice = np.random.default_rng(seed)
        return to_png(resized(dice.integers(0, 255, (9, 16, 3), np.uint8), size))
    first, last = (PICTURES[graph[key]["inputs"]["image"]] for key in ("7", "8"))
    frames = graph["11"]["inputs"]["value"] + ("wrong-frames" in way)
    shares = np.linspace(0, 1, frames)
    pictures = [(first + (last.astype(float) - first) * share).astype(np.uint8) for share in shares]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.mp4"
        rate = Fraction(graph["17"]["inputs"]["fps"])
        encode(pictures, path, size=size, rate=rate, quality=VideoQuality(threads=1, preset="ultrafast"))
        return path.read_bytes()


async def listen(socket):
    await socket.accept()
    SOCKETS[socket.query_params["clientId"]].append(socket)
    try:
        while True:
            await socket.receive_text()
    except Exception:
        SOCKETS[socket.query_params["clientId"]].remove(socket)


async def log(request):
    return JSONResponse(LOG)


ROUTES = [
    Route("/log", log),
    WebSocketRoute("/{way}/ws", listen),
    Route("/{way}/{at:path}", serve, methods=["GET", "POST"]),
]

if __name__ == "__main__":
    held = socket.socket()
    held.bind(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    print(held.getsockname()[1], flush=True)
    config = uvicorn.Config(Starlette(routes=ROUTES), log_level="error")
    asyncio.run(uvicorn.Server(config).serve(sockets=[held]))
