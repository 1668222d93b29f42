"""Raw samples, arms that alternate, and what is published of them."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Arm = Callable[[int], float]


def alternate(arms: Mapping[str, Arm], rounds: int) -> dict[str, list[float]]:
    """Runs every arm `rounds` times, the order reversed each time (ABBA), after one round that is not counted."""
    samples: dict[str, list[float]] = {name: [] for name in arms}
    for round_ in range(rounds + 1):
        for name in list(arms)[:: 1 if round_ % 2 else -1]:
            value = arms[name](round_)
            print(f"  {name}: {value:.3f}{'' if round_ else ' (warm-up)'}", flush=True)
            if round_:
                samples[name].append(value)
    return samples


@dataclass
class Figure:
    """`samples` by arm in `unit`; `bounds` are the most that the subject's median may be, as a multiple of each peer's."""

    name: str
    unit: str
    load: str
    samples: dict[str, list[float]]
    subject: str
    bounds: dict[str, float]
    notes: list[str] = field(default_factory=list)
    # In what it was measured, if not in the run of the rest.
    apart: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, dumped: dict[str, Any]) -> "Figure":
        """What `dump` made."""
        return cls(**{name: value for name, value in dumped.items() if name != "ratios"})

    def ratios(self) -> dict[str, float]:
        """The subject's median by each peer's."""
        mine = statistics.median(self.samples[self.subject])
        return {peer: mine / statistics.median(self.samples[peer]) for peer in self.bounds}

    def lines(self) -> list[str]:
        """A Markdown section, the slower results included."""
        rows = [f"## {self.name}", "", self.load, "", f"| arm | median ({self.unit}) | range | runs |", "|---|---|---|---|"]
        for arm, values in self.samples.items():
            rows.append(f"| {arm} | {statistics.median(values):.3f} | {min(values):.3f} to {max(values):.3f} | {len(values)} |")
        if self.bounds:
            rows += ["", "| against | ratio | bound |", "|---|---|---|"]
        rows += [f"| {peer} | {ratio:.3f} | {self.bounds[peer]} |" for peer, ratio in self.ratios().items()]
        apart = [f"Measured apart: {', '.join(f'{name} {value}' for name, value in self.apart.items())}."] if self.apart else []
        return [*rows, *[f"\n{note}" for note in [*self.notes, *apart]], ""]

    def dump(self) -> dict[str, Any]:
        """Everything, for bench.json."""
        return {**asdict(self), "ratios": self.ratios()}
