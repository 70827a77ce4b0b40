"""Work of the models on a Ray cluster: this machine's GPUs, or many machines'."""
