"""Sends a request on and its answer back, piece by piece as it comes."""

from collections.abc import Awaitable, Callable

import aiohttp

from sandbox.api.outgoing import Connections, Outgoing, passed_back, why
from sandbox.api.request import Response, failure
from sandbox.kinds.errors import StatusError, bad_request

Start = Callable[[int, dict[str, str]], Awaitable[None]]
Piece = Callable[[bytes], Awaitable[None]]


async def relay(connections: Connections, outgoing: Outgoing, start: Start, piece: Piece) -> Response | None:
    """Ask, then `start` the answer and give every `piece` of it; returns an answer to send instead when there is none to pass on."""
    started = False
    try:
        async with connections.open(outgoing) as answer:
            if outgoing.is_log and answer.status >= 300:
                return failure(_log_error(answer.status, (await answer.text()).strip()))
            headers = {"content-type": "text/plain"} if outgoing.is_log else passed_back(answer.headers)
            await start(answer.status, headers)
            started = True
            async for data in answer.content.iter_any():
                await piece(data)
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        if not started:
            return failure(_unreachable(outgoing, error))
    return None


def _unreachable(outgoing: Outgoing, error: BaseException) -> StatusError:
    if outgoing.is_log:
        return StatusError(500, "", f'Get "{outgoing.url}": {why(error)}')
    return StatusError(503, "ServiceUnavailable", f"error trying to reach service: {why(error)}", None)


def _log_error(code: int, text: str) -> StatusError:
    """A kubelet answers in plain text; its callers get a Status."""
    if code == 400:
        return bad_request(text)
    if code == 500:
        return StatusError(500, "InternalError", f"Internal error occurred: {text}", {"causes": [{"message": text}]})
    causes = {"causes": [{"reason": "UnexpectedServerResponse", "message": text}]}
    reasons = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 422: "Invalid", 503: "ServiceUnavailable"}
    return StatusError(code, reasons.get(code, ""), f"the server rejected our request for an unknown reason ({text})", causes)
