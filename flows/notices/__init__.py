"""Send notices to a webhook: a review is needed, a run failed, an episode is finished.

A separate process reads the server's events and calls the webhook. So killed runs are reported too, and no run
waits for a receiver or fails because of one.
"""
