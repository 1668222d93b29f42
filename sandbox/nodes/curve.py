"""An amount that changes with time: points with straight lines between them."""

from dataclasses import dataclass

from sandbox.schema.quantities import QuantityError, parse


@dataclass(frozen=True)
class Curve:
    """Points of (seconds since the start, amount), by time."""

    points: tuple[tuple[float, float], ...]

    def at(self, age: float) -> float:
        """The amount `age` seconds after the start; before the first point that of the first, after the last that of the last."""
        earlier = [point for point in self.points if point[0] <= age]
        later = [point for point in self.points if point[0] > age]
        if not earlier or not later:
            return (earlier or later)[-1 if earlier else 0][1]
        (start, low), (end, high) = earlier[-1], later[0]
        return low + (high - low) * (age - start) / (end - start)


def parse_curve(text: str) -> Curve:
    """Read `500m`, or points as `0=100m 60=2`; raises ValueError."""
    points = []
    for word in text.replace(",", " ").split():
        time, equals, amount = word.rpartition("=")
        try:
            points.append((float(time) if equals else 0.0, float(parse(amount))))
        except (ValueError, QuantityError) as error:
            raise ValueError(f"`{word}` is no amount such as 500m, nor a point such as 60=500m") from error
    if not points:
        raise ValueError("it is empty")
    return Curve(tuple(sorted(points)))
