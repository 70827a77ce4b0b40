"""The steps of the pipeline: pure functions, sheets in and sheets out. Models come as arguments."""
