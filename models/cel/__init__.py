"""The cel rig: our own vector drawings of people, things and places, shaded in two tones."""
