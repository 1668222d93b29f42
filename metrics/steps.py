"""How the time axis is cut: three steps, each kept for a while, their values in windows of sixty from whole multiples since the epoch.

A minute lies in one window of ten-second values and an hour is one window of minutes, so that each coarser value is made of one window.
"""

FINE, MINUTE, HOUR = 10, 60, 3600
STEPS = (FINE, MINUTE, HOUR)
SAMPLES = 60
# For how many seconds values of a step are kept. Of minutes a second day, so that today's can be compared with yesterday's.
KEPT = {FINE: 3600, MINUTE: 2 * 24 * 3600, HOUR: 90 * 24 * 3600}


def span(step: int) -> int:
    """Seconds in a window."""
    return step * SAMPLES


def window_of(at: float, step: int) -> int:
    """The beginning of the window in which `at` lies (seconds since the epoch)."""
    return int(at) - int(at) % span(step)


def slot_of(at: float, step: int) -> int:
    """The place of `at` in its window, from 0."""
    return int(at) % span(step) // step


def oldest_kept(now: float, step: int) -> int:
    """Windows that begin before this hold nothing that is still kept."""
    return window_of(now - KEPT[step], step)
