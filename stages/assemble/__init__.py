"""Assemble the episode: takes become segments, title and credits are set, all is joined.

In: takes, captions, titles, the mixed sound.      Out: segment files, and one episode file.
Knows nothing about the vault, recipes or Prefect: files in, files out.
"""
