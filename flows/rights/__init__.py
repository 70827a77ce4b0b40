"""Rights in production: what a run may use, who granted it, what rests on it, and who is paid."""
