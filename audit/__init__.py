"""Who did what, and who was refused: an append-only table, written by every action. Imports no other app."""
