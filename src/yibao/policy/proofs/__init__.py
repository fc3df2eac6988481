"""Proofs about decision tables: rows as boxes over atoms, subtracted in order; cases that show what was found."""
