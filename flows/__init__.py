"""The score: which stage, when, and on which worker. The only floor that knows Prefect."""
