"""Signal work that voices share: resampling, pitch, silence, level, casting and reading."""
