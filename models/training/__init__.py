"""Train models on a studio's own art: one loop, one small task per model family."""
