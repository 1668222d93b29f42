"""The image sandbox.slipway.dev/echo:1: answers HTTP on HOST:PORT with what it was asked; /healthz says ok. Runs by itself."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_GET(self) -> None:
        """Answer any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        told = {"method": self.command, "path": self.path, "body": body, "greeting": os.environ.get("GREETING", "")}
        answer = b"ok" if self.path == "/healthz" else json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if answer == b"ok" else "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET


if __name__ == "__main__":
    host, port = os.environ["HOST"], int(os.environ["PORT"])
    print(f"listening on {host}:{port}", flush=True)
    ThreadingHTTPServer((host, port), Echo).serve_forever()
