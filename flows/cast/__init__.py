"""Casting: candidates for a character's sheet are drawn, and a person approves one.

order        what is asked for; the show and the character it is about
rounds       draws the candidates of a round and opens it for a decision
service      records a decision, whichever way it came
entering     puts an approved sheet into the bible
registering  its record of rights
"""
