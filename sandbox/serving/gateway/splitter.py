"""Whose turn it is: smooth weighted round robin, exact over any run of requests and never random."""

from collections.abc import Sequence


class Splitter:
    """Turns by weights; of `n` turns each gets its part to within one, the turns of the lighter ones spread evenly."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._weights = list(weights)
        self._credit = [0] * len(weights)

    def next(self, usable: Sequence[bool]) -> int | None:
        """The index whose turn it is among the usable ones with a weight; None if there is none."""
        chosen, total = None, 0
        for index, weight in enumerate(self._weights):
            if not weight or not usable[index]:
                self._credit[index] = 0
                continue
            total += weight
            self._credit[index] += weight
            if chosen is None or self._credit[index] > self._credit[chosen]:
                chosen = index
        if chosen is not None:
            self._credit[chosen] -= total
        return chosen
