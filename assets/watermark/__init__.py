"""The imperceptible watermark: a short id in the picture itself, which stays when the file's metadata are gone.

Spread spectrum in the manner of Kalker, Depovere, Haitsma and Maes ("A video watermarking system for broadcast
monitoring", 1999): a faint square pattern, repeated over the whole picture, the same in every frame. Repetition makes
it independent of the crop, and a search over the size of the square makes it independent of the scale. The pattern is
public: whoever knows it can read the id, write another, or remove it. It leads to signed credentials; it is no proof.
"""

from assets.watermark.film import mark_film, read_file
from assets.watermark.luma import Marker
from assets.watermark.payload import new_id
from assets.watermark.reading import Found

__all__ = ["Found", "Marker", "mark_film", "new_id", "read_file"]
