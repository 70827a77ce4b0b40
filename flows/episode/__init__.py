"""Make one episode in this process: brief, pipeline, gates, delivery. Knows nothing about Prefect."""
