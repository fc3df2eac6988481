"""Mutants of pack data: small changes the worked examples of a region must notice."""
