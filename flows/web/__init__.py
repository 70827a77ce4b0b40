"""What the web servers of a studio share: host names, secrets, tickets, limits."""
