"""Measurements: groups of figures, each with its baseline from the same run."""
