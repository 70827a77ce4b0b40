"""Put the studio on a Prefect server: work pools, deployments, limits per GPU, the rule about dead runs."""
