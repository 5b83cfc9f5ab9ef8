"""The door: sign-in, versions, addresses, and bytes that are hardly HTTP."""

import json
import socket
from typing import Any

import pytest
from openai import AuthenticationError, OpenAI

from reconciler.emulator import Server
from tests.emulator.conftest import ARM, LEGACY, SUBSCRIPTION, Wire

DENIED = "Access denied due to invalid subscription key or wrong API endpoint."


@pytest.mark.parametrize("headers", [{}, {"api-key": ""}, {"Authorization": "Bearer "}])
def test_sign_in_is_required(wire: Wire, headers: dict[str, str]) -> None:
    """Without a key or token the gateway says 401, on every surface in its own words."""
    for path in ("/acct/openai/files?api-version=2024-10-21", "/acct/openai/v1/files"):
        answer = wire.send("GET", path, headers=headers)
        assert (answer.status, answer.code) == (401, "401")
        assert answer.message.startswith(DENIED)
    answer = wire.send("GET", f"/subscriptions/x?api-version={ARM}", headers=headers)
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")


def test_arm_takes_no_keys(wire: Wire) -> None:
    """The control plane wants a bearer token; an api-key is no sign-in there."""
    answer = wire.send("GET", f"/subscriptions/x?api-version={ARM}", headers={"api-key": "k"})
    assert answer.status == 401


def test_any_key_or_token_will_do(wire: Wire) -> None:
    """Any non-empty key or bearer token signs in to the data plane."""
    for headers in ({"api-key": "k"}, {"Authorization": "bearer x"}):
        assert wire.send("GET", "/acct/openai/v1/files", headers=headers).status == 200


def test_keys_can_be_disabled(wire: Wire) -> None:
    """An account with disableLocalAuth refuses keys and takes tokens."""
    wire.register(disableLocalAuth=True)
    assert wire.send("GET", "/acct/openai/v1/files", headers={"api-key": "k"}).status == 403
    assert wire.v1("GET", "files").status == 200


def test_keys_as_bearer_tokens(wire: Wire) -> None:
    """The account's own keys may come as bearer tokens on v1, and are still keys."""
    own = wire.arm("POST", "/listKeys").json
    headers = [{"Authorization": f"Bearer {key}"} for key in own.values()]
    for one in headers:
        assert wire.send("GET", "/acct/openai/v1/files", headers=one).status == 200
        dated = wire.send("GET", f"/acct/openai/files?api-version={LEGACY}", headers=one)
        assert (dated.status, dated.code) == (401, "401")
    wire.register(roles={})
    assert wire.v1("GET", "files").status == 403
    assert wire.send("GET", "/acct/openai/v1/files", headers=headers[0]).status == 200
    wire.register(disableLocalAuth=True)
    for one in headers:
        answer = wire.send("GET", "/acct/openai/v1/files", headers=one)
        assert (answer.status, answer.code) == (403, "AuthenticationTypeDisabled")


def test_the_sdk_raises_authentication_errors(server: Server) -> None:
    """The openai client raises AuthenticationError where what it sends is no sign-in."""
    base, odd = f"{server.url}/acct/openai/v1/", {"Authorization": "Basic k"}
    client = OpenAI(base_url=base, api_key="k", max_retries=0, default_headers=odd)
    with client, pytest.raises(AuthenticationError, match="Access denied"):
        client.files.list()


@pytest.mark.parametrize("version", ["2022-12-01", "2024-10-21", "2030-01-01-preview"])
def test_any_dated_version(wire: Wire, version: str) -> None:
    """Legacy paths and ARM take any dated api-version."""
    assert wire.get(f"/acct/openai/files?api-version={version}").status == 200
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/accounts"
    assert wire.get(f"{path}?api-version={version}").status == 200


@pytest.mark.parametrize("query", ["", "?api-version=", "?api-version=v1", "?api-version=2024-1-1"])
def test_missing_and_malformed_versions(wire: Wire, query: str) -> None:
    """Without a dated version, legacy paths are not found and ARM says what is wrong."""
    answer = wire.get(f"/acct/openai/files{query}")
    assert (answer.status, answer.json) == (
        404,
        {"error": {"code": "404", "message": "Resource not found"}},
    )
    arm = wire.get(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices{query}")
    wanted = "Invalid" if query.endswith("1") else "Missing"
    assert (arm.status, arm.code) == (400, f"{wanted}ApiVersionParameter")


def test_versions_on_v1(wire: Wire) -> None:
    """On v1 the version is optional, `v1` or `preview`; a dated one is refused."""
    for query in ("", "?api-version=v1", "?api-version=preview"):
        assert wire.get(f"/acct/openai/v1/files{query}").status == 200
    assert wire.get("/acct/openai/v1/files?api-version=2024-10-21").status == 400


def test_project_paths(wire: Wire) -> None:
    """The data plane also answers below /api/projects/{project}."""
    assert wire.get("/acct/api/projects/p/openai/v1/files").status == 200
    query = "api-version=2025-11-15-preview"
    assert wire.get(f"/acct/api/projects/p/openai/files?{query}").status == 200


def test_a_lone_account_needs_no_name(wire: Wire) -> None:
    """With one account, /openai alone means it; with two, it is not found."""
    assert wire.get("/openai/v1/files").status == 200
    wire.register("other")
    assert wire.get("/openai/v1/files").status == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/nobody/openai/v1/files", "/acct/openai/v1/nothing", "/x/y/z", "/emulator/nothing"],
)
def test_unknown_addresses(wire: Wire, path: str) -> None:
    """Whatever is not there is a 404 in the gateway's envelope."""
    answer = wire.get(path)
    assert (answer.status, answer.message) == (404, "Resource not found")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "BREW"])
def test_unexpected_methods(wire: Wire, method: str) -> None:
    """Methods that no address has are refused, and the server lives on."""
    assert wire.send(method, "/acct/openai/v1/files").status in {404, 405, 501}
    accounts = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.CognitiveServices/accounts"
    assert wire.send(method, f"{accounts}?api-version={ARM}").status in {405, 501}
    assert wire.send("GET", "/acct/openai/v1/files").status == 200


def say(server: Server, text: bytes, *, hang_up: bool = False) -> bytes:
    """Raw bytes to the door, and everything it answers."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(text)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


POST = (
    b"POST /acct/openai/v1/fine_tuning/jobs HTTP/1.1\r\n"
    b"Host: x\r\napi-key: k\r\nConnection: close\r\n"
)


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"Content-Length: nine\r\n\r\n", b"400"),
        (b"Content-Length: -1\r\n\r\n", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"\r\n", b"400"),
        (b"Content-Length: 2\r\n\r\n{}", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"400"),
        (b"Content-Type: multipart/form-data\r\nContent-Length: 1\r\n\r\nx", b"400"),
        (
            b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\n\r\n--x\r\n",
            b"400",
        ),
    ],
)
def test_malformed_requests(server: Server, wire: Wire, rest: bytes, status: bytes) -> None:
    """Bodies that cannot be read are refused in JSON, never with a traceback."""
    answer = say(server, POST + rest)
    assert answer.split(b" ")[1] == status
    assert b'"error"' in answer
    assert wire.v1("GET", "files").status == 200


def test_no_http_at_all(server: Server, wire: Wire) -> None:
    """Noise is refused or cut; the next client is served."""
    for noise in (b"\x16\x03\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        say(server, noise)
    assert b"414" in say(server, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")
    assert wire.v1("GET", "files").status == 200


def test_a_body_that_never_ends(server: Server, wire: Wire) -> None:
    """A client that leaves in the middle of its upload makes no file."""
    head = POST.replace(b"fine_tuning/jobs", b"files") + b"Content-Length: 1000\r\n"
    say(
        server, head + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n", hang_up=True
    )
    assert wire.v1("GET", "files").json["data"] == []


def test_chunked_uploads(server: Server, wire: Wire) -> None:
    """A multipart body may come in chunks that cut its boundary."""
    form = (
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        b"hello\r\n--y\r\n--x--\r\n"
    )
    chunks = b"".join(b"7\r\n%s\r\n" % form[at : at + 7] for at in range(0, len(form) - 6, 7))
    left = form[len(form) // 7 * 7 :]
    chunks += (b"%x\r\n%s\r\n" % (len(left), left) if left else b"") + b"0\r\n\r\n"
    head = POST.replace(b"fine_tuning/jobs", b"files") + b"Transfer-Encoding: chunked\r\n"
    answer = say(server, head + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" + chunks)
    file = json.loads(answer.split(b"\r\n\r\n", 1)[1])
    assert wire.v1("GET", f"files/{file['id']}/content").raw == b"hello\r\n--y"


def test_a_huge_body_is_refused(server: Server, wire: Wire) -> None:
    """A JSON body beyond the limit is 413, and memory does not follow it."""
    answer = wire.v1("POST", "fine_tuning/jobs", b" " * (33 * 1024 * 1024))
    assert answer.status == 413


def test_one_connection_many_requests(server: Server) -> None:
    """Connections are kept alive, also after refusals and unread bodies."""
    one = b"GET /acct/openai/v1/files HTTP/1.1\r\nHost: x\r\napi-key: k\r\n\r\n"
    two = b"POST /acct/openai/v1/nothing HTTP/1.1\r\napi-key: k\r\nContent-Length: 3\r\n\r\nabc"
    last = one.replace(b"Host: x", b"Host: x\r\nConnection: close")
    answer = say(server, one + two + one + last)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.count(b"HTTP/1.1 404") == 1


def test_encoded_paths(train: Any, wire: Wire) -> None:
    """Parts of a path may be percent-encoded, colons of a checkpoint's name included."""
    model = train()["fine_tuned_model"]
    encoded = model.replace("-", "%2D").replace(".", "%2e")
    assert wire.v1("GET", f"models/{encoded}").json["id"] == model
    assert wire.v1("GET", "models/%ff%00%2F").status == 404


def test_only_loopback(server: Server) -> None:
    """The door listens on loopback and nowhere else."""
    assert server.url == f"http://127.0.0.1:{server.port}"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.port), timeout=1).close()
