"""A process that has imported what model servers need, and forks one for each container: its start takes milliseconds then.

Runs by itself as `python -m sandbox.local.warm_server PACKAGE FD`: PACKAGE offers `warm()` and `main(arguments)`, FD is one end of a socket
of packets. A packet asks for a process (JSON, and the descriptor of its output); packets answer `started` at once and `ended` later.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from typing import Any

from sandbox.local.bounds import Bounds

LARGEST = 256 * 1024


def main(arguments: list[str]) -> int:
    """Warm up, say so, and fork until the other end closes."""
    package, channel = importlib.import_module(f"{arguments[0]}.__main__"), socket.socket(fileno=int(arguments[1]))
    package.warm()
    gc.collect()
    # Objects that are never looked at by the collector stay shared between the processes.
    gc.freeze()
    channel.send(b'{"warm": true}')
    _Forks(package, channel).run()
    return 0


class _Forks:
    """The loop: requests from the channel, ends of children by signal."""

    def __init__(self, package: Any, channel: socket.socket) -> None:
        self._package, self._channel = package, channel
        self._woken, self._wake = socket.socketpair()

    def run(self) -> None:
        """Until the other end closes."""
        for each in (self._woken, self._wake):
            each.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._woken in ready:
                    self._reap()
                if self._channel in ready and not self._serve():
                    return

    def _serve(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._channel, LARGEST, 1)
        if not data:
            return False
        wanted = json.loads(data)
        prepare = Bounds(wanted["memory"], wanted["cores"]).preparation()
        pid = os.fork()
        if pid == 0:
            self._become(wanted, descriptors[0], prepare)
        os.close(descriptors[0])
        self._channel.send(json.dumps({"started": pid, "ticket": wanted["ticket"]}).encode())
        return True

    def _reap(self) -> None:
        self._woken.recv(4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._channel.send(json.dumps({"ended": pid, "code": os.waitstatus_to_exitcode(status)}).encode())

    def _become(self, wanted: dict[str, Any], output: int, prepare: Any) -> None:
        """In the child: a session of its own, then the program; never returns."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.dup2(output, 1)
            os.dup2(output, 2)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.closerange(3, max(output, nothing, self._channel.fileno(), self._woken.fileno(), self._wake.fileno()) + 1)
            os.chdir(wanted["folder"])
            os.environ.clear()
            os.environ.update(wanted["environment"])
            prepare()
            code = self._package.main(wanted["arguments"])
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
