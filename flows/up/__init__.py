"""A whole studio on one machine: server, rushes room and workers, started, watched and stopped together."""
