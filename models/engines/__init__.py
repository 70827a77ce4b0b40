"""Engines: servers that hold the models on other computers, and the adapters that call them."""
