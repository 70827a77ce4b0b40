"""Rights: what a licence demands, what derived material inherits, what a policy refuses."""
