"""What is said to a bank and what it answers: ISO 20022 messages, and a bank that can be played. Pure."""
