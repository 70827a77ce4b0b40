"""Assemble the episode: turn takes into segments, make title and credits, join everything.

In: takes, captions, titles, the mixed sound.      Out: segment files, and one episode file.
Knows nothing about the vault, recipes or Prefect: files in, files out.
"""
