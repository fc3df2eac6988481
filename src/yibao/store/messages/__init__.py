"""Messages to a person: what is told when, in which words, by which channels, and where the person is reached."""
