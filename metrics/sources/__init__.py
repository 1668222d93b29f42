"""Where values come from. A source is asked once a turn for all pods of a cluster; more of them can be added beside these."""

from metrics.sources.source import Answer, Scene, Source, Subject

__all__ = ["Answer", "Scene", "Source", "Subject"]
