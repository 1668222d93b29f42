"""Containers of known images as real local processes: started, bounded, probed, and never left behind."""
