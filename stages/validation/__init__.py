"""Show and measure what a trained LoRA does to cuts it was not trained on."""
