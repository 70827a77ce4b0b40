"""Train the shipped weights from a folder of pictures: one function per model, each repeatable.

In: a working folder, a Run.      Out: checked folders in a library of weights.
Order: scenes, autoencoder, latents, painter, quick, painted, finish, animator; the judges (traits, people) at any
time after scenes. The autoencoder's code is fitted before its first step and never changes: its latents are the
same after any number of steps.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

from assets import files
from assets.errors import InputRefused
from models.house import weights
from models.training.loop import Run, describe, train

Tell = Callable[[str], object]


# Peak learning rate, warm-up steps, decay of the shipped average.
PACES = {
    "autoencoder": (1e-3, 100, 0.998),
    "traits": (1e-3, 100, 0.998),
    "people": (1e-3, 100, 0.998),
    "painter": (8e-4, 200, 0.999),
    "animator": (5e-4, 50, 0.99),
    "quick": (1e-4, 50, 0.99),
    "finish": (5e-4, 100, 0.998),
}


def run(name: str, work: Path, steps: int, cooldown: int, hardware: tuple[str, str, bool]) -> Run:
    """The run of one model in its own folder of ``work``; ``hardware`` is device, precision, compiled."""
    device, precision, compiled = hardware
    if precision not in ("no", "bf16"):
        raise InputRefused(f"--precision is {precision!r}; it takes no or bf16.")
    rate, warmup, average = PACES[name]
    return Run(
        folder=work / name,
        steps=steps,
        cooldown=min(cooldown, steps),
        rate=rate,
        warmup=warmup,
        average=average,
        device=device,
        precision=cast(Literal["no", "bf16"], precision),
        compiled=compiled,
    )


def autoencoder(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train and ship the autoencoder."""
    from models.house import autoencoder, scenes

    network: Any = train(autoencoder.Reconstruct(work / "large"), run, tell=tell)
    place = _place(library, "autoencoder")
    _half(network).save_pretrained(place)
    return _shipped(place, run, scenes.manifest(work / "large"))


def encode(work: Path, library: Path, device: str, *, tell: Tell) -> None:
    """Encode every shard with the shipped autoencoder."""
    from models.house import latents, scenes
    from models.house.brush import codec

    network = codec(device, library)
    for path in scenes.shards(work / "scenes"):
        tell(str(latents.encode_shard(path, network, work / "latents")))


def painter(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train and ship the denoiser."""
    from models.house import denoiser, scenes

    lesson = denoiser.Denoise(work / "latents", weights.folder("autoencoder", library))
    network = train(lesson, run, tell=tell)
    place = _place(library, "painter")
    denoiser.save(network, place, prior=lesson.prior)
    return _shipped(place, run, scenes.manifest(work / "scenes"))


def painted(work: Path, library: Path, device: str, *, tell: Tell) -> None:
    """Paint the large pictures with the shipped painter; ``finish`` is trained on them."""
    from models.house import finish, scenes
    from models.house.brush import Brush

    brush, painter = Brush.load(device, library=library), weights.revision("painter", library)
    for path in scenes.shards(work / "large"):
        tell(str(finish.paint_shard(path, brush, work / "painted", painter=painter)))


def finish(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train the finish network of the shipped autoencoder on the painter's results, and ship it in its place."""
    from models.house import autoencoder, finish, scenes

    place = weights.folder("autoencoder", library)
    trained = autoencoder.kind().from_pretrained(place, use_safetensors=True).float()
    painter = weights.revision("painter", library)
    lesson = finish.Finish(work / "large", work / "painted", trained, painter=painter)
    network: Any = train(lesson, run, tell=tell)
    _half(network).save_pretrained(place)
    return _shipped(place, run, scenes.manifest(work / "large"), onto=True)


def animator(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train and ship the motion modules of the shipped painter."""
    from models.house import motion, scenes

    lesson = motion.Move(
        work / "latents", weights.folder("autoencoder", library), weights.folder("painter", library)
    )
    network: Any = train(lesson, run, tell=tell)
    place = _place(library, "animator")
    motion.save(_half(network), place)
    return _shipped(place, run, scenes.manifest(work / "scenes"))


def quick(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Distil the shipped painter to few steps, and ship the result in its place."""
    from models.house import denoiser, distil, scenes

    lesson = distil.Distil(
        work / "latents", weights.folder("autoencoder", library), weights.folder("painter", library)
    )
    network: Any = train(lesson, run, tell=tell)
    place = _place(library, "painter")
    denoiser.save(network["student"], place, prior=lesson.prior)
    return _shipped(place, run, scenes.manifest(work / "scenes"), onto=True)


def traits(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train and ship the trait judge."""
    from models.house import scenes, traits

    network: Any = train(traits.Recognise(work / "scenes"), run, tell=tell)
    place = _place(library, "traits")
    _half(network).save_pretrained(place)
    return _shipped(place, run, scenes.manifest(work / "scenes"))


def people(work: Path, library: Path, run: Run, *, tell: Tell) -> Path:
    """Train and ship the judge of people."""
    from models.house import portraits

    network: Any = train(portraits.Recognise(work / "portraits"), run, tell=tell)
    place = _place(library, "people")
    _half(network).save_pretrained(place)
    return _shipped(place, run, portraits.manifest(work / "portraits"))


def _place(library: Path, name: str) -> Path:
    place = library / name
    place.mkdir(parents=True, exist_ok=True)
    return place


def _half(network: Any) -> Any:
    import torch

    return network.to(memory_format=torch.contiguous_format).to(torch.float16)


def _shipped(place: Path, run: Run, data: dict[str, object], *, onto: bool = False) -> Path:
    """Record how the weights in ``place`` were made; ``onto``: in addition to the training that is recorded there."""
    recipe = {name: value for name, value in describe(run).items() if name != "folder"}
    card = place / "training.json"
    said: dict[str, object] = {"recipe": recipe, "data": data}
    if onto:
        earlier = json.loads(card.read_text(encoding="utf-8"))
        before = earlier.get("before", [])
        # The same run shipped again, after a repeated command, is recorded once.
        said["before"] = before if earlier["recipe"] == recipe else [*before, earlier["recipe"]]
    files.write(card, json.dumps(said, indent=1) + "\n")
    for path in place.rglob("config.json"):
        # The path it was loaded from is private, and would change the checksums from machine to machine.
        config = json.loads(path.read_text(encoding="utf-8"))
        if config.pop("_name_or_path", None) is not None:
            files.write(path, json.dumps(config, indent=2) + "\n")
    weights.write_sums(place)
    return place
