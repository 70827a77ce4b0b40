"""The command line: commands, options and output. `main` is the entry point."""

from flows.cli.application import app, main

__all__ = ["app", "main"]
