"""`python -m flows.training NAME`."""

from flows.training.commands import app

if __name__ == "__main__":
    app()
