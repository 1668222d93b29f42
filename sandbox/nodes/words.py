"""Durations as Go writes them."""


def duration(seconds: float) -> str:
    """`10s`, `2m40s`, `5m0s`; parts of a second to the millisecond: `101ms`, `1.234s`."""
    if 0 < seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"
