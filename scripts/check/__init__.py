"""The gate: what must hold of every commit besides its tests."""
