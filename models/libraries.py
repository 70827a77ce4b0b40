"""Import torchaudio, diffusers and transformers. No other module imports them first.

diffusers and transformers import torchaudio if it is installed. torchaudio from the package index is linked to CUDA:
with a CPU build of torch its compiled extension cannot be loaded, and importing it raises OSError. Everything used of
it is pure Python, so a stand-in for the extension is enough. It is used only after the real one has failed.
"""

import importlib
import sys
from threading import Lock
from types import ModuleType
from typing import Any

from assets.errors import SetupMissing

_opening = Lock()


def torchaudio() -> Any:
    """The torchaudio package, with a stand-in for its extension if that cannot be loaded."""
    with _opening:
        try:
            return importlib.import_module("torchaudio")
        except ModuleNotFoundError as error:
            raise SetupMissing("torchaudio is not installed. `make install` installs it.") from error
        except OSError:
            for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
                del sys.modules[name]
            sys.modules["torchaudio._extension"] = _stand_in()
            return importlib.import_module("torchaudio")


def diffusers() -> Any:
    """The diffusers package."""
    return _opened("diffusers")


def transformers() -> Any:
    """The transformers package."""
    return _opened("transformers")


def both() -> dict[str, Any]:
    """diffusers and transformers by name, silent.

    Transformers first: importing diffusers makes it warn about what nobody here uses.
    """
    return {"transformers": transformers(), "diffusers": diffusers()}


def _opened(name: str) -> Any:
    torchaudio()
    try:
        found = importlib.import_module(name)
        # Their progress bars and messages would disturb an episode's own progress; errors are raised anyway.
        logging = importlib.import_module(f"{name}.utils.logging")
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        return found
    except ModuleNotFoundError as error:
        raise SetupMissing(f"{name} is not installed. `make install` installs it.") from error


def _stand_in() -> ModuleType:
    module = ModuleType("torchaudio._extension")

    def fail_if_no_align(function: Any) -> Any:
        return function

    def check_cuda_version() -> None:
        return None

    vars(module).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        fail_if_no_align=fail_if_no_align,
        _check_cuda_version=check_cuda_version,
    )
    return module
