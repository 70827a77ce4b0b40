"""Tell people outside: a review is wanted, a run failed, an episode is finished.

A process of its own reads the server's events and calls a webhook. So it also tells of runs that were
killed and can say nothing themselves, and no run ever waits for a receiver, or fails because of one.
"""
