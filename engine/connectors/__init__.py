"""The outside world: one file per kind of partner. Called by workers between two steps, with no transaction open."""
