"""The order of a start: what can begin early does, so that processes boot while tables and roles are prepared."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from portal.supervisor import prepare, redis, roles
from portal.supervisor.cluster import ClusterChoice, choose_cluster, cluster_answers, has_nodes
from portal.supervisor.failure import CannotStart
from portal.supervisor.models import choose_registry
from portal.supervisor.ports import HOST, portal_port, require_free
from portal.supervisor.readiness import unwell
from portal.supervisor.signin import sign_ins
from portal.supervisor.state import Record, RunFolder
from portal.supervisor.supervisor import Supervisor

READY_SECONDS = 90.0
POLL_SECONDS = 0.3

Say = Callable[[str], None]


class Start:
    """One start of the quick start on the data folder `home`; `say` prints a progress line."""

    def __init__(self, home: Path, say: Say) -> None:
        self._home, self._say = home, say
        self._port = portal_port()
        self.url = f"http://{HOST}:{self._port}"
        self._socket = None if os.environ.get("REDIS_URL") else redis.socket_path(home)
        self._registry = choose_registry(home)
        self._cluster = choose_cluster(home, self._registry.address)

    def claim(self) -> Supervisor:
        """Takes the data folder, ends what a killed start left, checks what can be checked before anything runs."""
        folder = RunFolder(self._home)
        folder.lock()
        ended = folder.end_leftovers()
        if ended:
            self._say(f"ended {ended} processes that a killed start had left")
        require_free(self._port)
        prepare.require_space(self._home)
        log_folder = self._home / "log"
        log_folder.mkdir(mode=0o700, exist_ok=True)
        record = Record(os.getpid(), Supervisor.new_run(), self.url)
        folder.write(record)
        return Supervisor(folder, record, env=self._env(), log_folder=log_folder, say=self._say)

    def _env(self) -> dict[str, str]:
        redis_url = {"REDIS_URL": f"unix://{self._socket}"} if self._socket else {}
        own = {"PORTAL_HOME": str(self._home), "MLFLOW_TRACKING_URI": self._registry.address, "PYTHONUNBUFFERED": "1"}
        return {**os.environ, **redis_url, **own}

    def run(self, supervisor: Supervisor) -> None:
        """Starts everything and returns when the portal says that all is well, or says what is not."""
        cluster = self._cluster
        self._say(f"starting the cluster: {cluster.words}" if cluster.server else f"cluster: {cluster.words}")
        if cluster.server:
            cluster.kubeconfig.unlink(missing_ok=True)  # The server writes it anew when it listens.
        supervisor.start(*([redis.redis_role(self._socket)] if self._socket else []), *([cluster.server] if cluster.server else []))
        self._prepare_tables()
        self._await_redis(supervisor)
        self._say("starting web, worker and beat")
        supervisor.start(roles.web(self._port), roles.worker(), roles.beat())
        self._join_cluster(supervisor, cluster)
        supervisor.start(roles.watcher())
        self._say("waiting until every part is well")
        self._await_ready(supervisor)
        # Large and slow to start, so it comes last: the portal is well without it.
        supervisor.start(*self._registry.roles)

    def _prepare_tables(self) -> None:
        if prepare.migrate():
            self._say("database: tables are up to date")
        if prepare.collect_static():
            self._say("static files: collected")
        prepare.demo_accounts()

    def _await_redis(self, supervisor: Supervisor) -> None:
        if self._socket:
            supervisor.wait_until(partial(redis.answers, self._socket), what="Redis", seconds=10, needs="redis")

    def _join_cluster(self, supervisor: Supervisor, cluster: ClusterChoice) -> None:
        if cluster.server:
            ready = partial(cluster_answers, cluster.kubeconfig)
            supervisor.wait_until(ready, what="the cluster's API server", seconds=60, needs="api-server")
        elif not cluster_answers(cluster.kubeconfig):
            raise CannotStart(f"the cluster in {cluster.kubeconfig} does not answer: start it, or correct PORTAL_KUBECONFIG.")
        if cluster.simulator:
            supervisor.start(cluster.simulator)
            ready = partial(has_nodes, cluster.kubeconfig)
            supervisor.wait_until(ready, what="the simulated nodes", seconds=30, needs="simulator")
        prepare.bootstrap_cluster(cluster.kubeconfig, sandbox=cluster.sandbox)
        self._say("cluster: the portal's roles are installed")

    def _await_ready(self, supervisor: Supervisor) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while waiting := unwell(self.url):
            supervisor.tick()
            for child in supervisor.hopeless():
                raise CannotStart(f"{child.role.name} does not start: {child.last_words()} (log: {child.log})")
            if time.monotonic() > deadline:
                self._say(f"not well yet: {', '.join(waiting)}; logs: {self._home / 'log'}")
                return
            time.sleep(POLL_SECONDS)

    def announce(self, seconds: float) -> None:
        """Prints the address, what the cluster is, and the sign-ins."""
        print(f"\nSlipway is at {self.url} (started in {seconds:.0f} s)")
        print(f"Its cluster is {self._cluster.words}.")
        print(f"Its model registry is {self._registry.words}.")
        if (self._home / "credentials.json").exists():
            print("Sign in as:\n" + "\n".join(sign_ins(self._home)))
        print(f"API: {self.url}/api/docs/   logs: {self._home / 'log'}   data: {settings.DATA_DIR}")
        print("Ctrl-C ends it; the data stay (make clean-data forgets them).", flush=True)
