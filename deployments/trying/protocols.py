"""Where a model is asked, by protocol. The path is made here alone: nobody chooses where on the server a request goes."""

from urllib.parse import quote

from deployments.spec import Protocol

PATHS: dict[Protocol, str] = {"v1": "/v1/models/{name}:predict", "v2": "/v2/models/{name}/infer"}


def path_of(protocol: Protocol, name: str) -> str:
    """The path of a prediction; runtimes know the model by the deployment's name."""
    return PATHS[protocol].format(name=quote(name, safe=""))
