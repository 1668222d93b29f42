"""Names, label keys and values, as an API server checks them, in its words."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.kinds.errors import Cause, bad_value, required

Check = Callable[[str], list[str]]
LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
VALUE = f"({QUALIFIED})?"
DNS1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
LABEL_TEXT = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{}')"  # noqa: E501
SUBDOMAIN_TEXT = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{}')"  # noqa: E501
DNS1035_TEXT = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '{}')"  # noqa: E501
QUALIFIED_TEXT = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{}')"  # noqa: E501
VALUE_TEXT = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{}')"  # noqa: E501
VARIABLE = "[-._a-zA-Z][-._a-zA-Z0-9]*"
VARIABLE_TEXT = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '{}')"  # noqa: E501
STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
ANNOTATION_LIMIT = 256 * 1024


def _checker(pattern: str, longest: int, text: str) -> Check:
    compiled, message = re.compile(pattern), text.format(pattern)

    def check(value: str) -> list[str]:
        problems = [f"must be no more than {longest} characters"] if len(value) > longest else []
        return problems if compiled.fullmatch(value) else [*problems, message]

    return check


is_label = _checker(LABEL, 63, LABEL_TEXT)
is_subdomain = _checker(SUBDOMAIN, 253, SUBDOMAIN_TEXT)
is_dns1035 = _checker(DNS1035, 63, DNS1035_TEXT)
is_label_value = _checker(VALUE, 63, VALUE_TEXT)
_is_name_part = _checker(QUALIFIED, 63, QUALIFIED_TEXT)


def is_variable(name: str) -> list[str]:
    """The name of an environment variable."""
    return [] if re.fullmatch(VARIABLE, name) else [VARIABLE_TEXT.format(VARIABLE)]


def is_port(port: int | str) -> list[str]:
    """A port's number, or its name."""
    if isinstance(port, int):
        return [] if 0 < port < 65536 else ["must be between 1 and 65535, inclusive"]
    problems = ["must be no more than 15 characters"] if len(port) > 15 else []
    if not re.fullmatch("[-a-z0-9]+", port):
        problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", port):
        problems.append("must contain at least one letter (a-z)")
    if "--" in port:
        problems.append("must not contain consecutive hyphens")
    return [*problems, "must not begin or end with a hyphen"] if port.startswith("-") or port.endswith("-") else problems


def is_path_segment(name: str) -> list[str]:
    """RBAC names: anything that can stand in a URL's path."""
    if name in (".", ".."):
        return [f"may not be '{name}'"]
    return [f"may not contain '{each}'" for each in ("/", "%") if each in name]


def is_qualified(name: str) -> list[str]:
    """A label or annotation key, or a resource name: `prefix/name`."""
    prefix, slash, rest = name.rpartition("/")
    if "/" in prefix:
        return [QUALIFIED_TEXT.format(QUALIFIED) + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    problems = []
    if slash:
        problems = ["prefix part must be non-empty"] if not prefix else [f"prefix part {each}" for each in is_subdomain(prefix)]
    return [*problems, *(["name part must be non-empty"] if not rest else []), *_is_name_part(rest)]


def check_metadata(metadata: dict[str, Any], check_name: Check, *, namespaced: bool) -> list[Cause]:
    """Everything wrong with an object's metadata, whatever its kind."""
    causes = _name_causes(metadata, check_name)
    if namespaced and not metadata.get("namespace"):
        causes.append(required("metadata.namespace"))
    causes += check_labels(metadata.get("labels") or {}, "metadata.labels")
    annotations = metadata.get("annotations") or {}
    causes += [bad_value("metadata.annotations", key, why) for key in annotations for why in is_qualified(key.lower())]
    if sum(len(key) + len(value) for key, value in annotations.items()) > ANNOTATION_LIMIT:
        causes.append(Cause("metadata.annotations", f"Too long: must have at most {ANNOTATION_LIMIT} bytes", "FieldValueTooLong"))
    causes += _owner_causes(metadata.get("ownerReferences") or [])
    return [
        *causes,
        *[bad_value("metadata.finalizers", each, why) for each in metadata.get("finalizers") or [] for why in is_qualified(each)],
    ]


def _owner_causes(references: list[dict[str, Any]]) -> list[Cause]:
    words = (("apiVersion", "version"), ("kind", "kind"), ("name", "name"), ("uid", "uid"))
    return [
        bad_value(f"metadata.ownerReferences.{key}", "", f"{word} must not be empty")
        for reference in references
        for key, word in words
        if not reference.get(key)
    ]


def check_finalizer_names(finalizers: list[str]) -> list[Cause]:
    """Most kinds take no finalizer without a slash but the standard ones."""
    why = "name is neither a standard finalizer name nor is it fully qualified"
    odd = [index for index, each in enumerate(finalizers) if "/" not in each and each not in STANDARD_FINALIZERS]
    return [bad_value(f"metadata.finalizers[{index}]", finalizers[index], why) for index in odd]


def check_labels(labels: dict[str, str], field: str) -> list[Cause]:
    """Everything wrong with a map of labels."""
    causes = []
    for key, value in labels.items():
        causes += [bad_value(field, key, why) for why in is_qualified(key)]
        causes += [bad_value(field, value, why) for why in is_label_value(value)]
    return causes


def _name_causes(metadata: dict[str, Any], check_name: Check) -> list[Cause]:
    name, prefix = metadata.get("name", ""), metadata.get("generateName", "")
    causes = []
    if prefix:
        causes = [bad_value("metadata.generateName", prefix, why) for why in check_name(prefix.rstrip("-.") or prefix)]
    if not name:
        return [*causes, required("metadata.name", "name or generateName is required")]
    return [*causes, *[bad_value("metadata.name", name, why) for why in check_name(name)]]
