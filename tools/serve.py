"""make serve: serves site/ on this machine, nothing cached: a reload shows the last build."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.environment import ROOT


class Fresh(SimpleHTTPRequestHandler):
    """Serves files, tells browsers to keep nothing, and reports only what it could not serve."""

    def end_headers(self) -> None:
        """Add the header that forbids caching."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Report a request that could not be served, by its path."""
        if int(code) >= 400:
            super().log_request(int(code), size)

    def log_error(self, *_: object) -> None:
        """Say nothing: log_request has said it, and with the path."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder on 127.0.0.1; port 0 takes a free one."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Fresh, directory=str(folder)))


def main(arguments: Sequence[str]) -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8000, help="0 takes a free one (default: 8000)"
    )
    port = parser.parse_args(arguments).port
    if not (ROOT / "site" / "index.html").exists():
        print("error: there is no site/ yet: make book", file=sys.stderr)
        return 1
    try:
        with server(ROOT / "site", port) as http:
            print(f"serve: http://127.0.0.1:{http.server_port}/ (Ctrl-C stops it)", flush=True)
            http.serve_forever()
        return 0
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        hint = "another one: make serve ARGS='--port 8001'"
        print(f"error: port {port}: {error.strerror}; {hint}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
