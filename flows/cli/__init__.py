"""The command line: what a person types, and what they read. `main` is the entry point."""

from flows.cli.application import app, main

__all__ = ["app", "main"]
