"""Completion indexes of Indexed Jobs: of a pod, and as a status lists those that are done."""

from itertools import count, islice

from sandbox.client.calls import Object

INDEX = "batch.kubernetes.io/job-completion-index"
VARIABLE = "JOB_COMPLETION_INDEX"


def index_of(pod: Object) -> int | None:
    """The index that a pod works on, or None."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX, "")
    return int(text) if text.isdigit() else None


def parse_indexes(text: str) -> set[int]:
    """From `0,2-4` to numbers."""
    numbers: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def format_indexes(numbers: set[int]) -> str:
    """From numbers to `0,2-4`; two in a row are listed."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{a}" if a == b else f"{a},{b}" if b == a + 1 else f"{a}-{b}" for a, b in runs)


def first_free(taken: set[int], wanted: int) -> list[int]:
    """The lowest `wanted` indexes that are not taken."""
    return list(islice((number for number in count() if number not in taken), wanted))


def indexed(pod: Object, name: str, index: int) -> Object:
    """The pod as the one that works on this index of the Job `name`."""
    metadata, spec = pod["metadata"], pod["spec"]
    marked = {key: {**(metadata.get(key) or {}), INDEX: str(index)} for key in ("annotations", "labels")}
    metadata = {**metadata, **marked, "generateName": f"{name}-{index}-"}
    source = {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}}
    spec = {**spec, "hostname": f"{name}-{index}"}
    for part in ("initContainers", "containers"):
        if spec.get(part):
            spec[part] = [_with_variable(each, source) for each in spec[part]]
    return {**pod, "metadata": metadata, "spec": spec}


def _with_variable(container: Object, source: Object) -> Object:
    given = container.get("env") or []
    if any(each["name"] == VARIABLE for each in given):
        return container
    return {**container, "env": [*given, {"name": VARIABLE, "valueFrom": source}]}
