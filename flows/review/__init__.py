"""Review: gates where an episode waits for a person, and the three ways to decide.

boards        what a gate shows
review_gate   asks at a gate, and waits
service       records a decision: checked and recorded as a whole, whichever way it came
wake          resumes the run that waits
waker         resumes it later, where its server did not answer
standing      the state of an episode, in the same words everywhere
"""
