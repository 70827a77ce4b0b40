"""The noise schedules of Wan: as its makers run it, and the four steps that the distilled LoRAs were made for."""

from typing import Any


def final(of: Any, shift: float) -> Any:
    """A new scheduler like ``of`` with this shift; it keeps no state of the clip before."""
    name = "flow_shift" if "flow_shift" in of.config else "shift"
    return type(of).from_config(of.config, **{name: shift})


def distilled(shift: float) -> Any:
    """Evenly spaced before the shift, whatever the count: at 4 steps and shift 5 timesteps 1000, 937.5, 833.3, 625.

    The library's own spacing ends near 0 and makes the distilled model slow and blurred (Wan2.2-Lightning#13).
    """
    from diffusers import FlowMatchEulerDiscreteScheduler

    base: Any = FlowMatchEulerDiscreteScheduler

    class Distilled(base):  # type: ignore[misc]
        def set_timesteps(self, num_inference_steps: int, device: Any = None, **given: Any) -> None:
            sigmas = [1 - step / num_inference_steps for step in range(num_inference_steps)]
            super().set_timesteps(sigmas=sigmas, device=device)

    made: Any = Distilled
    return made(num_train_timesteps=1000, shift=shift)
