"""The HTTP server: a thin door on loopback that can also spoil an answer on purpose."""

import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from socketserver import TCPServer
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, urlsplit

from reconciler.emulator.messages import Request, Response, as_json, phrase
from reconciler.emulator.world import World

CHUNK = 64 * 1024
# A body that nobody read is thrown away up to this size; beyond it the connection is closed.
DRAIN_LIMIT = 4 * 1024 * 1024
IDLE_SECONDS = 120


class BadFraming(Exception):
    """The body cannot be delimited, so the connection cannot be used any further."""


class SizedBody(BufferedIOBase):
    """The next `size` bytes of the connection."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source = source
        self.left = size

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = self.left if size is None or size < 0 else min(size, self.left)
        data = self._source.read(wanted) if wanted else b""
        if len(data) < wanted:
            raise ConnectionResetError("the client left in the middle of its body")
        self.left -= len(data)
        return data


class ChunkedBody(BufferedIOBase):
    """A body in `Transfer-Encoding: chunked`; trailers are skipped."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._chunk = 0
        self.left = 1

    def read(self, size: int | None = -1, /) -> bytes:
        pieces: list[bytes] = []
        wanted = -1 if size is None else size
        while self.left and wanted:
            piece = self._piece(CHUNK if wanted < 0 else wanted)
            pieces.append(piece)
            wanted -= len(piece) if wanted > 0 else 0
        return b"".join(pieces)

    def _piece(self, size: int) -> bytes:
        if not self._chunk and not self._open_chunk():
            return b""
        piece = self._source.read(min(size, self._chunk))
        self._chunk -= len(piece)
        if not piece:
            raise ConnectionResetError("the client left in the middle of its body")
        if not self._chunk:
            self._source.readline()
        return piece

    def _open_chunk(self) -> bool:
        try:
            self._chunk = int(self._source.readline(1024).split(b";")[0].strip() or b"x", 16)
        except ValueError:
            self.left = 0
            raise BadFraming("a chunk has no size") from None
        if not self._chunk:
            self.left = 0
            while self._source.readline(CHUNK).strip():
                pass
        return bool(self._chunk)


class Door(ThreadingHTTPServer):
    """Listens on loopback only, whatever it is asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        super().__init__(("127.0.0.1", port), Visitor)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is its own affair; say nothing."""

    def server_bind(self) -> None:
        # HTTPServer's own version asks the resolver for the host's name, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])


class Visitor(BaseHTTPRequestHandler):
    """One connection; every method goes the same way."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = CHUNK
    server: Door

    def version_string(self) -> str:
        return "ftctl-emulator"

    def visit(self) -> None:
        try:
            body = self._body()
            response = self.server.world.answer(self._request(body))
            self._drain(body)
        except BadFraming as error:
            self.close_connection = True
            response = as_json(400, {"error": {"code": "400", "message": f"Bad request: {error}."}})
        self._send(response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = visit  # noqa: N815
    do_TRACE = do_CONNECT = visit  # noqa: N815

    def _body(self) -> SizedBody | ChunkedBody:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return ChunkedBody(cast("BinaryIO", self.rfile))
        size = (self.headers.get("Content-Length") or "0").strip()
        if not (size.isascii() and size.isdigit()):
            raise BadFraming("Content-Length is not a number")
        return SizedBody(cast("BinaryIO", self.rfile), int(size))

    def _request(self, body: SizedBody | ChunkedBody) -> Request:
        url = urlsplit(self.path)
        return Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=cast("BinaryIO", body),
            origin=f"http://127.0.0.1:{self.server.server_port}",
        )

    def _drain(self, body: SizedBody | ChunkedBody) -> None:
        """Leave the connection at the next request, or give it up."""
        read = 0
        while body.left and read < DRAIN_LIMIT:
            piece = body.read(CHUNK)
            if not piece:
                break
            read += len(piece)
        if body.left:
            self.close_connection = True

    def _send(self, response: Response) -> None:
        if response.cut == "drop":
            self._hang_up()
            return
        length = len(response.body) + (response.stored[1] if response.stored else 0)
        self.send_response(response.status, phrase(response.status))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in {204, 304}:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(response)
        self.wfile.flush()
        if response.cut == "half":
            self._hang_up()

    def _send_body(self, response: Response) -> None:
        if response.cut == "half":
            self.wfile.write(response.body[: len(response.body) // 2])
            return
        self.wfile.write(response.body)
        if response.stored:
            with response.stored[0].open("rb") as file:
                while chunk := file.read(CHUNK):
                    self.wfile.write(chunk)

    def _hang_up(self) -> None:
        """Close without a word; after half an answer the bytes sent so far still arrive."""
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses by itself (bad request lines) is refused in JSON."""
        self.close_connection = True
        text = message or explain or phrase(code)
        with suppress(OSError):
            self._send(as_json(code, {"error": {"code": str(code), "message": text}}))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the parent's name
        """Say nothing: requests are in the world's own log."""
