"""Simulated partners for demo and tests: an SMS gateway and a mail server that show what they received, with failure switches."""
