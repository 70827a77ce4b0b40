"""The closed list of sound effects: what a cue may name and every Foley model can make."""

# fmt: off
SOUNDS: tuple[str, ...] = (
    "footsteps", "footsteps_run", "door_open", "door_close", "door_slide", "knock", "rain", "storm",
    "thunder", "wind", "waves", "stream", "fire", "impact", "thud", "crash", "slap", "punch", "whoosh",
    "swish", "chime", "bell", "school_bell", "wind_chime", "sparkle", "heartbeat", "crowd", "applause",
    "engine", "car_pass", "train_pass", "train_interior", "horn", "brakes", "typing", "phone_ring",
    "beep", "alarm", "click", "glass_clink", "glass_break", "pour", "sip", "paper", "page_turn",
    "pen_write", "birds", "crow", "cicadas", "crickets", "cat", "dog", "frog", "bicycle_bell",
    "explosion", "laser", "magic", "robot", "electricity", "drip", "splash", "cloth", "chair",
    "clock_tick", "camera_shutter", "coin", "silence",
)
AMBIENCES: frozenset[str] = frozenset({
    "rain", "storm", "wind", "waves", "stream", "fire", "crowd", "train_interior", "engine", "birds",
    "cicadas", "crickets", "frog", "clock_tick", "typing",
})
# fmt: on
"""Sounds that last as long as the cut."""
