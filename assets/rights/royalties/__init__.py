"""Royalties: who gets how much, exact to the currency's minor unit, by a rule that anybody can recompute."""
