"""The models: ports, and one adapter file (or folder) per model."""
