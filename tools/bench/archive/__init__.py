"""A database of 3,000,000 names to measure on: built once, kept, the same each time."""
