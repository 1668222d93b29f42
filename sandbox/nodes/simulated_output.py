"""What a simulated container writes and uses: functions of its scenario and the time."""

import math
import time
import zlib
from collections.abc import Sequence

from sandbox.nodes.runtime import SIGKILLED, Consumption, LogLine, Object
from sandbox.nodes.scenario import Scenario
from sandbox.nodes.times import seconds_of
from sandbox.schema.quantities import parse

MOST_LINES = 5000
MEBI = 1024 * 1024
IDLE_CPU, IDLE_MEMORY = 0.01, 32 * MEBI
# Without a scenario a container uses this part of its requests, give or take a slow wave.
USED, WAVE, WAVE_SECONDS = 0.4, 0.1, 600
# A leak without a limit grows by this much in its leak-seconds.
UNLIMITED = 1024 * MEBI


def log_lines(container: str, image: str, attempt: int, scenario: Scenario, started: float, ended: Object | None) -> Sequence[LogLine]:
    """The last 5,000 lines at most; `ended` is the terminated state, None while it runs."""
    until = seconds_of(ended["finishedAt"]) if ended else time.time()
    if end := scenario.end(has_memory_limit=False):
        # A status counts in whole seconds; the scenario knows better, or the log would lose lines at the end.
        until = started + end[0] if not ended or abs(until - started - end[0]) <= 1.0 else until
        until = min(until, time.time())
    quiet = min(until, started + scenario.hang_after_seconds) if scenario.hang_after_seconds is not None else until
    every = max(scenario.log_every_seconds, 0.01)
    last = int((quiet - started) / every)
    first = max(1, last - MOST_LINES + 1)
    lines = [LogLine(started, f"{container}: simulated start of {image}, attempt {attempt + 1}")] if first == 1 else []
    for number in range(first, last + 1):
        at = started + number * every
        lines.append(LogLine(at, f"{container}: line {number}, running for {number * every:g} s"))
    # What SIGKILL ends has no time for a last word.
    if ended and ended["exitCode"] != SIGKILLED:
        last_word = f"simulated failure, exit code {ended['exitCode']}" if ended["exitCode"] else "done"
        lines.append(LogLine(until, f"{container}: {last_word}"))
    return lines


def consumption(container: Object, scenario: Scenario, age: float) -> Consumption:
    """What it uses `age` seconds after its start."""
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    wave = USED + WAVE * math.sin(2 * math.pi * (age / WAVE_SECONDS + zlib.crc32(container["name"].encode()) % 100 / 100))
    cpu = scenario.cpu.at(age) if scenario.cpu else wave * _amount(requests, "cpu", IDLE_CPU)
    memory = scenario.memory.at(age) if scenario.memory else wave * _amount(requests, "memory", IDLE_MEMORY)
    if scenario.leak_seconds is not None:
        memory += (_amount(limits, "memory", UNLIMITED) - memory) * age / max(scenario.leak_seconds, 0.001)
    if scenario.hangs(age):
        cpu = 0.0
    return Consumption(min(cpu, _amount(limits, "cpu", math.inf)), int(min(memory, _amount(limits, "memory", math.inf))))


def _amount(amounts: dict[str, str], name: str, default: float) -> float:
    return float(parse(amounts[name])) if name in amounts else default
