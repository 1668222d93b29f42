"""Whether the model exists and may be deployed here; whose a place is stands in the database, never in what somebody wrote."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from deployments.checks.finding import Finding
from deployments.checks.subject import Subject
from deployments.models import StoragePrefix

SCHEMES = ("s3", "pvc")
URI = re.compile(r"(?P<scheme>[a-z0-9]+)://(?P<rest>[A-Za-z0-9._/=+@-]+)", re.ASCII)
CLAIM = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
PART = r"[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*"
IMAGE = re.compile(rf"({PART}(:[0-9]{{1,5}})?/)?{PART}(/{PART})*(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(@sha256:[0-9a-f]{{64}})?", re.ASCII)


def check(subject: Subject) -> Iterator[Finding]:
    """By the kind of the source."""
    yield from CHECKS[subject.spec.source.kind](subject)


def _model(subject: Subject) -> Iterator[Finding]:
    version, source = subject.version, subject.spec.source
    if version is None:
        message = _("There is no version %(version)s of the model “%(model)s”, or your team may not see it.")
        yield Finding("no_version", "wrong", message % {"version": source.version, "model": source.model}, field="version")
        return
    # A tag may name a team that is unknown here: its model is not common for that.
    team, whose = version.model.team, version.model.team_tag
    if (team or whose) and team != subject.namespace.team:
        message = _("“%(model)s” belongs to team %(team)s. Ask them to make it common, or deploy it in one of their namespaces.")
        yield Finding(
            "not_your_model", "wrong", message % {"model": version.model.name, "team": team.name if team else whose}, field="model"
        )
    if version.gone_at:
        yield Finding("gone_version", "wrong", _("This version was deleted from the registry. Choose another one."), field="version")
    elif not version.is_ready:
        message = _("This version is not ready in the registry: %(status)s.")
        yield Finding("version_not_ready", "blocks", message % {"status": version.status})
    elif version.details_problem:
        message = _("Not all of its files could be read from the registry: %(problem)s. It may have none to serve.")
        yield Finding("unread_files", "warns", message % {"problem": version.details_problem.rstrip(".")})
    if _is_of_another_team(subject):
        message = _("The files of this version lie at %(uri)s, which belongs to another team. Register a version with files of your own.")
        yield Finding("not_your_uri", "wrong", message % {"uri": source.uri[:80]}, field="version")
    yield from _readable(subject)


def _readable(subject: Subject) -> Iterator[Finding]:
    """The cluster must have something that fetches from there."""
    prefixes = subject.offer.uri_prefixes
    if prefixes and not subject.spec.source.uri.startswith(prefixes):
        message = _("%(cluster)s has nothing that fetches models from %(uri)s. An administrator can add a ClusterStorageContainer for it.")
        yield Finding("unreadable", "blocks", message % {"cluster": subject.namespace.cluster, "uri": subject.spec.source.uri[:80]})


def _uri(subject: Subject) -> Iterator[Finding]:
    uri = subject.spec.source.uri
    match = URI.fullmatch(uri)
    # Percent signs are not in the pattern, so nothing is decoded twice; neither is a colon, so no user, port or second scheme.
    if not match or match["scheme"] not in SCHEMES or not _is_plain(match["scheme"], match["rest"]):
        message = _("Write s3://bucket/path or pvc://claim/path of this namespace, with letters, digits and - _ . / = + @ only.")
        yield Finding("malformed_uri", "wrong", message, field="uri")
    elif match["scheme"] == "s3" and not _owned(subject, uri):
        message = _("%(uri)s does not belong to team %(team)s. An administrator can give the team a storage prefix.")
        yield Finding("not_your_uri", "wrong", message % {"uri": uri[:80], "team": subject.namespace.team.name}, field="uri")


def _is_plain(scheme: str, rest: str) -> bool:
    """No part that means another place; of a claim, a name that one can have."""
    parts = rest.removesuffix("/").split("/")
    return not {"", ".", ".."} & set(parts) and (scheme != "pvc" or bool(CLAIM.fullmatch(parts[0])))


def _owned(subject: Subject, uri: str) -> bool:
    prefixes = StoragePrefix.objects.filter(team=subject.namespace.team_id).values_list("prefix", flat=True)
    return any(_lies_below(uri, prefix) for prefix in prefixes)


def _is_of_another_team(subject: Subject) -> bool:
    """Whoever writes to the registry itself may name any bucket as a version's source; the registry's own place is nobody's."""
    uri = subject.spec.source.uri
    others = StoragePrefix.objects.exclude(team=subject.namespace.team_id).values_list("prefix", flat=True)
    return not _owned(subject, uri) and any(_lies_below(uri, prefix) for prefix in others)


def _lies_below(uri: str, prefix: str) -> bool:
    place = prefix.rstrip("/")
    return uri == place or uri.startswith(place + "/")


def _image(subject: Subject) -> Iterator[Finding]:
    image = subject.spec.source.image
    if not IMAGE.fullmatch(image):
        yield Finding("malformed_image", "wrong", _("Write an image such as registry.example.org/team/server:1.0."), field="image")
    elif not any(_is_below(image, prefix.rstrip("/")) for prefix in subject.policy.images):
        allowed = ", ".join(subject.policy.images) or _("none yet")
        message = _("This image is not allowed on %(cluster)s. Allowed are images below: %(allowed)s.")
        yield Finding("image", "wrong", message % {"cluster": subject.namespace.cluster, "allowed": allowed}, field="image")


def _is_below(image: str, prefix: str) -> bool:
    """Whole parts of a path count; behind the last one only a tag or a digest may follow."""
    rest = image.removeprefix(prefix)
    return bool(prefix) and rest != image and (rest[:1] in ("", "/") or (rest[0] in ":@" and "/" not in rest))


CHECKS = {"model": _model, "uri": _uri, "image": _image}
