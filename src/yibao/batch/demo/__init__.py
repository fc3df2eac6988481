"""The demo city: a synthetic population, its payments and its cases, the same for the same seed and day."""
