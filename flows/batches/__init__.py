"""Work shared among GPU workers: who sends it out, who does it, and the runs they do it in."""
