"""Serves the built site as web servers do, with what is text compressed: `python website/serve.py [FOLDER] [PORT]`."""

import contextlib
import functools
import gzip
import io
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parents[1] / "build" / "site"
TEXT = {".css", ".html", ".ipynb", ".js", ".json", ".map", ".svg", ".txt", ".xml"}


def sent(path: Path) -> bytes:
    """What a browser that takes gzip is sent for a file."""
    return _compressed(path, path.stat().st_mtime_ns) if path.suffix in TEXT else path.read_bytes()


@functools.cache
def _compressed(path: Path, version: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Answers a request for a file below the server's folder."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> io.BufferedIOBase | None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        if not path.is_file() or path.suffix not in TEXT or "gzip" not in self.headers.get("Accept-Encoding", ""):
            return super().send_head()
        body = sent(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages says it
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder while the block runs; yields its address, `http://127.0.0.1:PORT/`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def main(folder: str = str(SITE), port: str = "8000") -> None:
    with ThreadingHTTPServer(("127.0.0.1", int(port)), functools.partial(Handler, directory=folder)) as server:
        print(f"http://127.0.0.1:{port}/ shows {folder}; Ctrl-C ends it.")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
