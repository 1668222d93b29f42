"""The crew's process: loads the portal once, then forks a child for each job that it reads. It never opens a connection itself."""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import django


def main() -> None:
    """Reads jobs as JSON lines and answers each with the child's pid."""
    django.setup()
    from tests.faults import jobs

    # The kernel reaps the children, so that a pid that answers is a process that lives.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        job, result, *arguments = json.loads(line)
        pid = os.fork()
        if not pid:
            _work(getattr(jobs, job), Path(result), arguments)
        print(pid, flush=True)


def _work(job: Callable[..., object], result: Path, arguments: list[object]) -> None:
    try:
        result.write_text(json.dumps(job(*arguments)))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
