"""From panels to takes: attempts, windows on the model's grid, measures, ranking."""
