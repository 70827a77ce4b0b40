"""Art in a folder becomes a dataset that is checked, frozen and shown to a model in batches."""
