"""The sets: where the cel rig's stories play, painted in layers for every hour and weather."""
