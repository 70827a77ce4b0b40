"""Casting: draw candidates for the character sheet of one character.

views      which pictures a sheet has, each as a cut
prompt     their prompts, for painters that read
drawing    the pictures of one candidate, from the vault or painted now
composing  all pictures of a candidate on one page
"""
