"""What the web servers of a studio share: which names they answer to, secrets, tickets, limits."""
