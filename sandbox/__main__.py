"""Command line: `python -m sandbox serve | simulate | control-plane | custom-objects`."""

import argparse
import signal
import sys
import time
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command; an expected failure is one line on stderr and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (RuntimeError, ValueError, FileNotFoundError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="An embedded Kubernetes cluster for quick starts and tests.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the embedded API server")
    _add_server_options(serve)
    serve.add_argument("--token-file", type=Path, help='more users: lines of token,user,uid,"group,group"')
    serve.set_defaults(run=_serve)
    simulate = commands.add_parser("simulate", help="give a cluster nodes, and pods a life")
    simulate.add_argument("--kubeconfig", type=Path, required=True, help="the cluster; any API server will do")
    simulate.add_argument("--pools", type=Path, help="YAML that describes the node pools (see README.md)")
    simulate.add_argument("--images", type=Path, help="YAML of more images that run as local processes (see README.md)")
    simulate.add_argument("--processes", type=int, default=16, help="how many local processes may run at a time (default: 16)")
    simulate.add_argument("--scenarios", type=Path, help="YAML of what pods and nodes shall do (see README.md)")
    simulate.add_argument("--scheduler", choices=("auto", "on", "off"), default="auto", help="bind pods too (auto: if nobody else does)")
    simulate.add_argument(
        "--controllers", choices=("auto", "on", "off"), default="auto", help="play the controllers (auto: if nobody does)"
    )
    simulate.add_argument("--serving", choices=("auto", "on", "off"), default="auto", help="play KServe (auto: unless it is installed)")
    simulate.add_argument("--mlflow", default="", help="the address of the MLflow server that models with mlflow-artifacts: URIs come from")
    simulate.add_argument(
        "--warm", choices=("on", "off"), default="on", help="keep the models' libraries in memory (250 MB), so that models start quickly"
    )
    simulate.add_argument("--claims", type=Path, help="the folder that holds the content of claims, as NAMESPACE/CLAIM (see README.md)")
    simulate.set_defaults(run=_simulate)
    control = commands.add_parser("control-plane", help="start a real control plane from $KUBEBUILDER_ASSETS")
    _add_server_options(control)
    control.set_defaults(run=_control_plane)
    custom = commands.add_parser(
        "custom-objects", help="keep the custom objects of an API server that dies of them (control-plane starts it)"
    )
    custom.add_argument("--data", type=Path, required=True, help="the folder that holds them")
    custom.add_argument("--kubeconfig", type=Path, required=True, help="the API server, which must send requests on to APIServices")
    custom.add_argument("--ready", type=Path, required=True, help="a file that appears as soon as they are served")
    custom.add_argument("--guard-port", type=int, required=True, help="the loopback port of the API server's audit webhook")
    custom.set_defaults(run=_custom_objects)
    return parser


def _add_server_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds its data")
    parser.add_argument("--port", type=int, default=0, help="loopback port (default: a free one)")
    parser.add_argument("--kubeconfig", type=Path, required=True, help="where to write the admin's kubeconfig")


def _serve(options: argparse.Namespace) -> None:
    from sandbox.serve import serve  # only this command needs the server's libraries

    serve(options.data.resolve(), options.port, options.kubeconfig.resolve(), options.token_file)


def _simulate(options: argparse.Namespace) -> None:
    from sandbox.simulate import simulate

    simulate(
        options.kubeconfig,
        options.pools,
        scheduler=options.scheduler,
        controllers=options.controllers,
        serving=options.serving,
        scenarios=options.scenarios,
        images=options.images,
        processes=options.processes,
        claims=options.claims.resolve() if options.claims else None,
        mlflow=options.mlflow,
        warm=options.warm == "on",
    )


def _custom_objects(options: argparse.Namespace) -> None:
    from sandbox.custom_objects.run import serve_custom_objects

    serve_custom_objects(options.data.resolve(), options.kubeconfig, options.ready, options.guard_port)


def _control_plane(options: argparse.Namespace) -> None:
    from sandbox.controlplane import ControlPlane
    from sandbox.kubeconfig import copy_kubeconfig

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ControlPlane(options.data, options.port, progress=lambda line: print(line, flush=True)) as cluster:
        copy_kubeconfig(cluster.kubeconfig_path, options.kubeconfig.resolve())
        print(f"Kubernetes {cluster.version} at {cluster.server}", flush=True)
        while not (ended := cluster.check()):
            time.sleep(0.5)
    raise RuntimeError(f"{ended} has ended: see {options.data}/log")


if __name__ == "__main__":
    sys.exit(main())
