"""The only module that imports torchaudio, and resampling with it.

In: samples at one rate.      Out: samples at another.
torchaudio from the package index is linked to CUDA. With a CPU build of torch its compiled extension cannot be
loaded, and importing it raises OSError. Everything used here is pure Python, so a stand-in for the extension is
enough. It is used only after the real one has failed.
"""

import importlib
import sys
from threading import Lock
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import SetupMissing

Samples = NDArray[np.float32]

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


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """(n,) samples at ``rate`` as (round(n * wanted / rate),) at ``target``; band-limited."""
    if rate == target or not len(samples):
        return samples
    import torch

    # Kaiser window, 32 zero crossings: flat within 0.1 dB to 11 kHz for a 24 kHz source, images below -80 dB; the
    # default Hann window leaves them at -45 dB, an audible hiss over s and sh
    with torch.inference_mode():
        heard = torchaudio().functional.resample(
            torch.from_numpy(np.ascontiguousarray(samples)),
            rate,
            target,
            lowpass_filter_width=32,
            rolloff=0.96,
            resampling_method="sinc_interp_kaiser",
            beta=12.0,
        )
    length = round(len(samples) * target / rate)
    out: Samples = np.zeros(length, np.float32)
    out[: len(heard)] = heard.numpy()[:length]
    return out


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
