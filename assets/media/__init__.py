"""Files of pictures and sound, through ffmpeg and soundfile."""
