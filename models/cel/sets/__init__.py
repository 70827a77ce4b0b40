"""The sets: the places of the cel rig's stories, painted in layers for every hour and weather."""
