"""Volumes of a local pod as folders: a mount path in arguments and variables becomes the folder that stands for it."""

from pathlib import Path, PurePosixPath

from sandbox.nodes.runtime import Object, StartError


class Mounts:
    """Where the mount paths of one container are on this machine; volumes of other kinds than emptyDir and claims stay what they were."""

    def __init__(self, pod: Object, container: Object, volumes: Path, claims: Path) -> None:
        """`volumes` is a folder of the pod, shared by its containers; `claims` holds one folder per namespace and claim.

        Makes what is missing; raises StartError for a subPath that leads out of its volume.
        """
        sources = {name: folder for each in pod["spec"].get("volumes") or [] for name, folder in _folder(pod, each, volumes, claims)}
        mounted = [each for each in container.get("volumeMounts") or [] if each["name"] in sources]
        found = {each["mountPath"].rstrip("/"): _within(sources[each["name"]], each.get("subPath") or "") for each in mounted}
        self._folders = dict(sorted(found.items(), key=lambda item: -len(item[0])))
        for folder in self._folders.values():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def rewrite(self, text: str) -> str:
        """A text that is a mounted path, or `something=` and one, with the folder in its place."""
        before, equals, after = text.partition("=")
        if equals and before.startswith("-"):
            return f"{before}={self._path(after)}"
        return self._path(text)

    def _path(self, text: str) -> str:
        for mount, folder in self._folders.items():
            if text == mount or text.startswith(f"{mount}/"):
                return f"{folder}{text[len(mount) :]}"
        return text


def _folder(pod: Object, volume: Object, volumes: Path, claims: Path) -> list[tuple[str, Path]]:
    if "emptyDir" in volume:
        return [(volume["name"], volumes / volume["name"])]
    if claim := (volume.get("persistentVolumeClaim") or {}).get("claimName"):
        return [(volume["name"], claims / pod["metadata"]["namespace"] / claim)]
    return []


def _within(folder: Path, below: str) -> Path:
    parts = PurePosixPath(below)
    if parts.is_absolute() or ".." in parts.parts:
        raise StartError(f"subPath {below!r} leads out of its volume", "CreateContainerConfigError")
    return folder / parts
