"""Painters over Stable Diffusion XL: any checkpoint of the family, with the rig's layout, references and LoRAs."""
