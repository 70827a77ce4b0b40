"""Signal processing that the voices share: resampling, pitch, silence, level, casting and reading."""
