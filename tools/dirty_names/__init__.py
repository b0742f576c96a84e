"""Labelled dirty data, and how well the search for duplicates does on it."""
