"""The models of a profile: what it needs, what that costs, how it is pinned, fetched and checked."""
