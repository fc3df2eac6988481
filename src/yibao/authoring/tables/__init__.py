"""Tables of a pack in a spreadsheet, and back again without loss."""
