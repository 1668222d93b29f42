"""Real probes of a local process: HTTP and TCP."""

import asyncio

import aiohttp

from sandbox.nodes.address import machine_address
from sandbox.nodes.runtime import Object


async def probe_process(probe: Object, port: int) -> str:
    """Try once; returns the words of a failure, as a kubelet has them, or nothing."""
    try:
        async with asyncio.timeout(probe.get("timeoutSeconds") or 1):
            if "httpGet" in probe:
                return await _http(probe["httpGet"], port)
            if "tcpSocket" in probe:
                _, writer = await asyncio.open_connection(machine_address(), port)
                writer.close()
                return ""
    except TimeoutError:
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    except (aiohttp.ClientError, OSError) as error:
        return f"dial tcp {machine_address()}:{port}: {error}"
    return "" if not probe else "only httpGet and tcpSocket probes can be made of a local process"


async def _http(wanted: Object, port: int) -> str:
    scheme = wanted.get("scheme", "HTTP").lower()
    path = wanted.get("path") or "/"
    url = f"{scheme}://{machine_address()}:{port}{path if path.startswith('/') else '/' + path}"
    headers = {each["name"]: each["value"] for each in wanted.get("httpHeaders") or []}
    verifies = scheme != "https"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers, ssl=verifies) as answer:
        return "" if 200 <= answer.status < 400 else f"HTTP probe failed with statuscode: {answer.status}"
