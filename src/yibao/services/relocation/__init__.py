"""Moving with one's insurance: waiting and cover, the transfer of the relation, and the years that count for life."""
