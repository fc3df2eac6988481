"""档案更正: a person asks to correct one field of their registered record."""
