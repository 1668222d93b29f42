"""What was sampled, and where it came from."""

from metrics.models.chunk import Chunk
from metrics.models.origin import Origin

__all__ = ["Chunk", "Origin"]
