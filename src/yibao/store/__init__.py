"""Records shared by all services: persons, insurance, journal, cases, audit; the only band that knows the database."""
