"""What every adapter over a diffusers pipeline shares. An adapter uses what it needs; nothing is a base class.

loading    ``load(folder, kind, device=...)``: a pipeline from a local folder, every part checked; no network, no
           pickle, no remote code. ``load_part`` loads one model (a ControlNet, an image encoder).
modular    ``load(blocks, snapshot, ...)``: a pipeline of blocks with a guider, its parts from pinned folders.
options    ``DiffusionOptions``: the options that all of them have. Those in ``aside`` change only time and memory.
placement  ``Placed(pipe, device, options)``: the pipeline where it works: whole, or offloaded. LoRAs first.
levers     regional compile, attention backend, fp8 storage, caches, tiled decode; each refused where the installed
           class lacks it.
seeds      ``generator(seed)``: one generator on the CPU, so the noise is the same on CPU and CUDA.
lorafile   what a LoRA file says of itself, read without loading it.
loras      ``Rack(pipe, family)``: the LoRAs of one cut with their strengths; loads, checks, reuses.
exhausted  ``Ladder``: an out-of-memory error frees memory step by step, or becomes a ModelFailed that says what was
           loaded and what would help.
pictures   stills to PIL and tensors; latents to stills and back, in the VAE's own precision.
references which reference pictures an editing model is shown, in which order and size; a shift measured and undone.
steps      how many steps to ask img2img for.
texts      ``Texts``: prompt embeddings, computed once per text and freed with the last cut that used them.

The order in an adapter's ``load``: load, Rack, Placed. ``unload`` calls ``placement.freed(pipe)``.
"""
