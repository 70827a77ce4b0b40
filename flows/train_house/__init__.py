"""Train the house models again, one command each: ``python -m flows.train_house NAME``."""
