"""Run models on a Ray cluster: the GPUs of this machine or of many machines."""
