"""One line per log record: whatever a stranger sent cannot begin a line of its own or colour a terminal."""

import logging
from datetime import UTC, datetime

from audit import context


class LineFormatter(logging.Formatter):
    """`2026-01-31T12:00:00.123Z INFO [request id] logger: message`, control characters escaped, tracebacks on the same line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        parts = [record.getMessage()]
        if record.exc_info:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(self.formatStack(record.stack_info))
        line = escaped("\n".join(parts))
        return f"{at} {record.levelname} [{request_id_of(record)}] {record.name}: {line}"


def request_id_of(record: logging.LogRecord) -> str:
    """The id of the request that caused the record. Django logs refusals after the middleware, with the request attached."""
    return context.request_id() or getattr(getattr(record, "request", None), "request_id", "") or "-"


def escaped(text: str) -> str:
    """`text` with everything that is not printable (line ends, ANSI, bidi overrides) as a backslash escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
