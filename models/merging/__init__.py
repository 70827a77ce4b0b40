"""Merge models by a recipe that reproduces its bytes."""
