"""What model servers tell of themselves: their text format, their names, their counters, and how they are asked."""
