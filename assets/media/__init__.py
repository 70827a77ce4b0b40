"""Picture and sound files, through ffmpeg and soundfile."""
