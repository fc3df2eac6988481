"""Double entry in whole fen: accounts, postings, the journal; pure, without a database."""
