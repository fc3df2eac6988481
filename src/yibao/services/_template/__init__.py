"""A new public service begins as a copy of this folder; its name is the folder's name."""
