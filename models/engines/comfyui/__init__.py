"""ComfyUI as an engine: a person's own workflow, run on its server for every cut."""
