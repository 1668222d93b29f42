"""Reads the chart's templates without helm: the few template functions that the chart uses, and an error for any other."""

import re
from pathlib import Path
from typing import Any

import yaml

TOKEN = re.compile(r'"(?P<text>[^"]*)"|(?P<word>[^\s"]+)')
DEFINE = re.compile(r'\{\{-? define "(?P<name>[^"]+)" -?\}\}\n?(?P<body>.*?)\n\{\{-? end \}\}', re.DOTALL)
IF = re.compile(
    r"^[ \t]*\{\{- if (?P<condition>\S+) \}\}\n(?P<body>(?:(?!^[ \t]*\{\{- (?:if|end)).*\n)*)^[ \t]*\{\{- end \}\}\n?", re.MULTILINE
)
INLINE = re.compile(r"\{\{-? (?P<code>[^}]+?) -?\}\}")


class Unsupported(Exception):
    """The chart uses a template function that this reader does not know."""


class Chart:
    """A chart's folder with values on top of its own, rendered for the release `release`."""

    def __init__(self, folder: Path, values: dict[str, Any] | None = None, release: str = "slipway") -> None:
        self.folder = folder
        self.scope = {"Values": merged(yaml.safe_load((folder / "values.yaml").read_text()), values or {}), "Release": {"Name": release}}
        self.defined: dict[str, str] = {}
        for path in folder.glob("templates/*.tpl"):
            self.defined.update({match["name"]: match["body"] for match in DEFINE.finditer(path.read_text())})

    def objects(self) -> list[dict[str, Any]]:
        """Every object of every template."""
        texts = [self.render(path.read_text()) for path in sorted(self.folder.glob("templates/*.yaml"))]
        return [document for text in texts for document in yaml.safe_load_all(text) if document]

    def render(self, text: str) -> str:
        """A template's text with its conditions decided and its actions replaced."""
        while IF.search(text):
            text = IF.sub(lambda match: match["body"] if self.value(match["condition"]) else "", text)
        lines = [self._line(line) for line in text.splitlines()]
        return "\n".join(lines) + "\n"

    def _line(self, line: str) -> str:
        found = INLINE.fullmatch(line.strip())
        if found and line.strip().startswith("{{-"):
            return self.evaluate(found["code"]).lstrip("\n")
        return INLINE.sub(lambda match: self.evaluate(match["code"]), line)

    def evaluate(self, code: str) -> str:
        """One action's text."""
        first, *pipes = [part.strip() for part in code.split("|")]
        result: Any = self._head(first)
        for pipe in pipes:
            result = self._pipe(pipe, result)
        return str(result)

    def _head(self, code: str) -> Any:
        name, *rest = [match["text"] if match["text"] is not None else match["word"] for match in TOKEN.finditer(code)]
        if name == "include":
            return self.render(self.defined[rest[0]]).rstrip("\n")
        if name == "toYaml":
            return yaml.safe_dump(self.value(rest[0]), sort_keys=False).rstrip("\n")
        if name == "printf":
            return rest[0] % tuple(self.value(word) for word in rest[1:])
        if name.startswith(".") and not rest:
            return self.value(name)
        raise Unsupported(code)

    def _pipe(self, code: str, result: Any) -> str:
        if code == "quote":
            return '"{}"'.format(str(result).replace('"', '\\"'))
        if code.startswith("nindent "):
            pad = " " * int(code.split()[1])
            return "\n" + "\n".join(pad + line for line in str(result).splitlines())
        raise Unsupported(code)

    def value(self, path: str) -> Any:
        """What `.Values.a.b` or `.Release.Name` is; KeyError for what values.yaml does not have."""
        found: Any = self.scope
        for part in path.strip(".").split("."):
            found = found[part]
        return found


def merged(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """Values as helm merges them: maps by key, all else replaced."""
    both = {
        key: merged(low[key], value) if isinstance(value, dict) and isinstance(low.get(key), dict) else value for key, value in high.items()
    }
    return {**low, **both}
