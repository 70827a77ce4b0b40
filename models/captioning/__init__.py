"""Captioners: models that propose in words what a picture shows."""
