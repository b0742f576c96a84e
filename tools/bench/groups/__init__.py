"""The groups of measurements; each module registers its own."""
