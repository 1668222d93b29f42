"""JSON bodies of a bounded size and depth: what is beyond is a problem, not a failure."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from rest.problems import Problem

LARGEST_BODY = 1024 * 1024


class BoundedJSONParser(JSONParser):
    """At most 1 MiB (problem 413), no deeper than Python parses, and whole characters only (400)."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        # DRF reads the stream itself, so Django's DATA_UPLOAD_MAX_MEMORY_SIZE does not see it.
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise Problem(413, f"A body may have at most {LARGEST_BODY} bytes.", "body_too_large")
        try:
            parsed = super().parse(BytesIO(body), media_type, parser_context)
            if b"\\u" in body:
                json.dumps(parsed, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
        except UnicodeEncodeError as error:
            # Half a character cannot be stored, nor repeated in an answer.
            raise ParseError("The JSON holds half of a surrogate pair.") from error
        return parsed
