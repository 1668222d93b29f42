"""Which builds of kube-apiserver die of custom objects."""

import mmap
from pathlib import Path

# Until here it iterated over maps by a library that calls the runtime of Go by a signature which Go 1.18 changed.
LAST_MINOR = 22
# Where every Go program says how it was built; since Go 1.18 the text follows inline, which this flag tells.
BUILD_INFO, FLAGS_AT, INLINE = b"\xff Go buildinf:", 15, 2


def dies_of_custom_objects(binary: Path, minor: int) -> bool:
    """Tell it from the program and its version 1.`minor`: any custom object ends such a build with a segmentation fault."""
    return minor <= LAST_MINOR and _is_built_since_go_1_18(binary)


def _is_built_since_go_1_18(binary: Path) -> bool:
    with binary.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content.rfind(BUILD_INFO)
        return start >= 0 and bool(content[start + FLAGS_AT] & INLINE)
