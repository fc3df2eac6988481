"""What the papers of all services stand on: the font and the compiler, how a paper is verified, and printed again."""
