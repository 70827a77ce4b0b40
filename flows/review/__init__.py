"""Review: gates where an episode waits for a person, and the three doors to decide through.

boards     what a gate shows
keeper     asks at a gate, and waits
service    takes a decision: checked whole, recorded whole, whatever the door
waking     tells the run that waits
"""
