"""Where the model comes from: a version by its number or by an alias, resolved and pinned here; a place; an image."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from deployments.parsing.problems import is_empty, parse_number
from deployments.spec import Source
from registry.models import ModelAlias, ModelVersion, RegisteredModel

FIELDS = ("model", "version", "alias", "uri", "image")
LONGEST_URI = 1000
LONGEST_IMAGE = 500


def parse_source(written: Mapping[str, Any], user: User) -> Source:
    """The source; a model is one that `user` sees. Raises ValidationError per field.

    With both a version and an alias, the alias has to name that version now.
    """
    kinds = [kind for kind in ("model", "uri", "image") if not is_empty(written.get(kind))]
    if len(kinds) != 1:
        raise ValidationError({"model": _("Choose a model with a version or an alias, or write a URI, or an image: one of the three.")})
    if kinds == ["model"]:
        return _of_model(written, user)
    if kinds == ["uri"]:
        return Source("uri", uri=_bounded(written, "uri", LONGEST_URI))
    return Source("image", image=_bounded(written, "image", LONGEST_IMAGE))


def parse_follows(written: Any, source: Source) -> str:
    """The alias that is followed from now on, "" for none; it must be one of the source's model. Raises ValidationError."""
    alias = "" if is_empty(written) else str(written)
    if alias and not (source.kind == "model" and ModelAlias.objects.filter(model__name=source.model, name=alias).exists()):
        raise ValidationError({"follows": _("The model of this deployment has no alias “%(alias)s”.") % {"alias": alias[:60]}})
    return alias


def written_source(source: Source) -> dict[str, Any]:
    """All the fields; those of other kinds of sources are empty."""
    version = source.version if source.kind == "model" else None
    uri = source.uri if source.kind == "uri" else ""
    return {"model": source.model, "version": version, "alias": source.alias, "uri": uri, "image": source.image}


def _of_model(written: Mapping[str, Any], user: User) -> Source:
    name = str(written["model"])
    model = RegisteredModel.objects.visible_to(user).filter(name=name).first()
    if model is None:
        raise ValidationError({"model": _("There is no model “%(name)s”, or your team may not see it.") % {"name": name[:60]}})
    version = _version(model, written)
    alias = "" if is_empty(written.get("alias")) else str(written["alias"])
    return Source("model", model.name, version.number, alias, version.download_uri)


def _version(model: RegisteredModel, written: Mapping[str, Any]) -> ModelVersion:
    pinned = None if is_empty(written.get("version")) else _numbered(model, str(written["version"]))
    named = None if is_empty(written.get("alias")) else _aliased(model, str(written["alias"]))
    if pinned and named and pinned != named:
        message = _("“%(alias)s” names version %(now)s now. Leave out the version or the alias.")
        raise ValidationError({"alias": message % {"alias": str(written["alias"])[:60], "now": named.number}})
    if found := pinned or named:
        return found
    raise ValidationError({"version": _("Choose a version, by its number or by an alias.")})


def _numbered(model: RegisteredModel, text: str) -> ModelVersion:
    try:
        number = parse_number(text)
    except ValidationError as error:
        raise ValidationError({"version": error.messages}) from None
    version = model.versions.filter(number=number).first()
    if version is None:
        message = _("“%(model)s” has no version %(number)s.")
        raise ValidationError({"version": message % {"model": model.name[:60], "number": number}})
    return version


def _aliased(model: RegisteredModel, alias: str) -> ModelVersion:
    found = model.aliases.filter(name=alias).select_related("version").first()
    if found is None:
        names = ", ".join(model.aliases.values_list("name", flat=True)[:20]) or _("none")
        message = _("“%(model)s” has no alias “%(alias)s”. It has: %(names)s.")
        raise ValidationError({"alias": message % {"model": model.name[:60], "alias": alias[:60], "names": names}})
    return found.version


def _bounded(written: Mapping[str, Any], field: str, most: int) -> str:
    text = str(written[field])
    if len(text) > most:
        raise ValidationError({field: _("Write at most %(most)s characters.") % {"most": most}})
    return text
