"""The small words every part of the house shares: money, days, months, identifiers, refusals."""
