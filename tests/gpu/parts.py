"""Every part of the GPU checks, in the order in which they run, with its share of nine minutes."""

from tests.gpu import correctness, memory, speed, training, wan_training
from tests.gpu.part import Part

PARTS = (
    Part("correctness", "the noise of a CPU, the pictures of a plain loop", 55, correctness.every),
    Part("speed-sdxl", "a step of SDXL against a plain loop", 25, speed.sdxl),
    Part("speed-wan", "a step of Wan TI2V-5B against a plain loop", 40, speed.wan),
    Part("draft", "draft against final, Wan I2V-A14B", 75, speed.draft_and_final),
    Part("train-sdxl", "a LoRA of SDXL against diffusers and peft", 40, training.sdxl),
    Part("train-wan", "a LoRA of Wan against diffusers and peft", 40, wan_training.wan),
    Part("memory-small", "peak memory of studio-small", 55, memory.preset("studio-small")),
    Part("memory-draft", "peak memory of studio-draft", 35, memory.preset("studio-draft")),
    Part("memory-studio", "peak memory of studio", 65, memory.preset("studio")),
    Part("offload-sdxl", "offload and fp8, SDXL", 25, memory.offload_and_fp8("sdxl")),
    Part("offload-wan", "offload and fp8, Wan TI2V-5B", 40, memory.offload_and_fp8("wan-ti2v-5b")),
    Part("offload-lora", "LoRAs of two experts under offload", 20, memory.lora_and_offload),
    Part("out-of-memory", "the ladder when memory is short", 25, memory.exhausted),
)
