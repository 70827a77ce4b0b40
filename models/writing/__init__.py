"""What all writers share: schemas, grammars for constrained decoding, sampling and retries."""
