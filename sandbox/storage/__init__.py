"""Where objects live: in memory, in a journal on disk, and in a bounded history that watches read."""
