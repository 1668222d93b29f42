"""The growing pause before a container is restarted or an image pulled again."""

LONGEST = 300.0
# A container that ran for so long starts anew with the first pause.
RESET_AFTER = 600.0


class BackOff:
    """No pause the first time, then `first` seconds, then twice as long each time, up to five minutes."""

    def __init__(self) -> None:
        self._pause, self._since = 0.0, 0.0

    def restore(self, first: float, restarts: int, started: float) -> None:
        """As after so many restarts, the last one at `started`."""
        if restarts:
            self._pause, self._since = min(first * 2.0 ** min(restarts - 1, 32), LONGEST), started

    def pause(self, ended: float) -> float:
        """Seconds to wait from `ended`, the time of the last failure."""
        if ended - self._since > RESET_AFTER:
            self._pause = 0.0
        return self._pause

    def grow(self, first: float, at: float) -> None:
        """It was tried again at this time."""
        self._pause, self._since = (min(self._pause * 2, LONGEST) if self._pause else first), at
