"""The scheduler of an SDXL checkpoint: its own, or another sampler with the same noise.

In: the loaded scheduler, the options.      Out: a scheduler.
v-prediction with zero terminal SNR needs all three settings: without rescaled betas such a checkpoint paints grey.
"""

from typing import Any

from models.sdxl.options import SdxlOptions

SAMPLERS = {
    "euler_a": "EulerAncestralDiscreteScheduler",
    "euler": "EulerDiscreteScheduler",
    "dpm": "DPMSolverMultistepScheduler",
}


def chosen(scheduler: Any, options: SdxlOptions) -> Any:
    """The scheduler that the options ask for."""
    import diffusers

    changes: dict[str, Any] = {}
    if options.prediction != "own":
        changes["prediction_type"] = options.prediction
    zero = options.zero_snr
    if zero is None and options.prediction == "v_prediction":
        zero = True  # every released v-prediction checkpoint of this family was trained so
    if zero is not None:
        changes["rescale_betas_zero_snr"] = zero
        if zero:
            changes["timestep_spacing"] = "trailing"
    kind = getattr(diffusers, SAMPLERS[options.sampler]) if options.sampler != "own" else type(scheduler)
    return kind.from_config(scheduler.config, **changes)


def is_zero_snr(scheduler: Any) -> bool:
    return bool(scheduler.config.get("rescale_betas_zero_snr", False))
