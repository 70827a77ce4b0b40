"""Train the house models again, one command each: ``python -m flows.training NAME``."""
