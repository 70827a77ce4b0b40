"""What a picture model is given for one cut: prompt, references, LoRAs, layout."""
