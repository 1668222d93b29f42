"""A model server whose answers take as long as the question says: `python slow_server.py` on HOST:PORT. Needs nothing."""

import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Slow(BaseHTTPRequestHandler):
    """Waits `?seconds=` and says who it is."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        time.sleep(float(parse_qs(urlsplit(self.path).query).get("seconds", ["0"])[0]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Slow)
    server.daemon_threads = True
    server.serve_forever()
