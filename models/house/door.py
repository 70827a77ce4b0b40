"""The only module that imports diffusers and transformers: it makes torchaudio importable first.

Both import torchaudio if it is installed, and with a CPU build of torch that import fails unless
``models.sound.door`` has repaired it.
"""

import importlib
from typing import Any

from assets.errors import SetupMissing
from models.sound.door import torchaudio


def diffusers() -> Any:
    """The diffusers package."""
    return _opened("diffusers")


def transformers() -> Any:
    """The transformers package."""
    return _opened("transformers")


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
