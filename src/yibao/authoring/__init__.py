"""Packs as people write them: new folders, completion for editors, tables in a spreadsheet."""
