"""The line under both SDKs: what surely did not leave, deadlines, silence."""

import logging
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import made
from campaignbot import platforms
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.platforms import base, wire
from platforms import scripted
from platforms.scripted import Drip, Drop, Scripted, Told

SHORT = base.Patience(connect=0.5, read=0.3, total=0.6, upload=0.6)
Connect = Callable[..., base.Platform]


def x(url: str | None, patience: base.Patience = SHORT) -> base.Platform:
    return platforms.connect(made.account(base_url=url), lambda name: f"canary-{name}", patience=patience)


def facebook(url: str | None, patience: base.Patience = SHORT) -> base.Platform:
    account = Account(id="fb-london", platform="facebook", page="12", base_url=url)
    return platforms.connect(account, {"PAGE_TOKEN": "canary-token"}.get, patience=patience)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted.serving() as server:
        server.tell("GET", "/2/users/me", Told(200, {"data": {"id": "7", "username": "wad_london"}}))
        server.tell("GET", "/v26.0/me", Told(200, {"id": "12"}))
        yield server


both = pytest.mark.parametrize("connect", [x, facebook])
posts = pytest.mark.parametrize(("connect", "path"), [(x, "/2/tweets"), (facebook, "/12/feed")])


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where each connection is given to `serve`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(5.0)
                    serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


@both
def test_a_closed_port_was_surely_not_told(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(errors.TryLater, match=r"could not be reached \(NewConnectionError\); nothing was sent"):
        connect(f"http://127.0.0.1:{port}").publish(made.draft(), parent=None)


@both
def test_an_unknown_name_was_surely_not_told(connect: Connect) -> None:
    with pytest.raises(errors.TryLater, match=r"could not be reached \(NameResolutionError\); nothing was sent"):
        connect("https://nowhere.invalid").publish(made.draft(), parent=None)


@pytest.mark.parametrize(("connect", "host"), [(x, "api.twitter.com"), (facebook, "graph.facebook.com")])
def test_without_an_address_of_our_own_it_is_the_networks(
    connect: Connect, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[tuple[str, int]] = []

    def nowhere(host: str, port: int, *_: object) -> object:
        sought.append((host, port))
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(errors.TryLater):
        connect(None).publish(made.draft(), parent=None)
    assert sought == [(host, 443)]


@posts
def test_whose_time_is_up_before_it_leaves_was_surely_not_told(server: Scripted, connect: Connect, path: str) -> None:
    with pytest.raises(errors.TryLater):
        connect(server.url, base.Patience(total=0.0)).publish(made.draft(), parent=None)
    assert server.asked == []


@both
def test_a_failed_handshake_was_surely_not_told(connect: Connect) -> None:
    def no_tls(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(b"HTTP/1.0 400 this is not TLS\r\n\r\n")

    with (
        listening(no_tls) as port,
        pytest.raises(errors.TryLater, match=r"could not be reached \(SSLError\); nothing was sent"),
    ):
        connect(f"https://127.0.0.1:{port}").publish(made.draft(), parent=None)


@both
def test_a_certificate_that_nobody_vouches_for_was_surely_not_told(connect: Connect, tmp_path: Path) -> None:
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout key.pem -out certificate.pem"
    subprocess.run(
        asked.split(),
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    heard: list[bytes] = []

    def greet(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as greeted:
                heard.append(greeted.recv(1024))
        except (ssl.SSLError, OSError):
            return

    with listening(greet) as port, pytest.raises(errors.TryLater, match=r"\(SSLError\)"):
        connect(f"https://localhost:{port}").publish(made.draft(), parent=None)
    assert [words for words in heard if words] == []


@both
def test_a_peer_that_never_greets_was_surely_not_told(connect: Connect) -> None:
    def deaf(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.recv(4096)

    with listening(deaf) as port, scripted.lasting_less_than(3.0), pytest.raises(errors.TryLater):
        connect(f"https://127.0.0.1:{port}").publish(made.draft(), parent=None)


@posts
@pytest.mark.parametrize(
    "answer",
    [
        Drop(),
        Drip(),
        Drip(head=b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"),
        Drip(head=b"HTTP/1.1 201 Created\r\nX-Long: "),
        Drip(every=60.0),
        Told(201, {"id": "12_3", "data": {"id": "99"}}, cut=5),
        Told(401, {}, cut=5),
    ],
    ids=["dropped", "drips", "drips its body", "drips its headers", "silent", "torn", "torn refusal"],
)
def test_no_whole_answer_leaves_it_open_and_ends_in_time(
    server: Scripted, connect: Connect, path: str, answer: Drop | Drip | Told
) -> None:
    server.tell("POST", path, answer)
    platform = connect(server.url)
    with scripted.lasting_less_than(5.0), pytest.raises(errors.NoAnswer, match="gave no answer"):
        platform.publish(made.draft(), parent=None)
    assert len(server.to("POST", path)) == 1


@posts
def test_after_a_lost_answer_the_line_is_good_again(server: Scripted, connect: Connect, path: str) -> None:
    server.tell("POST", path, Drop(), Told(201, {"id": "12_3", "data": {"id": "99"}}))
    platform = connect(server.url)
    with pytest.raises(errors.NoAnswer):
        platform.publish(made.draft(), parent=None)
    assert platform.publish(made.draft(), parent=None).id in {"99", "12_3"}


@posts
def test_a_redirect_is_not_followed(server: Scripted, connect: Connect, path: str) -> None:
    for code in (301, 302, 303, 307, 308):
        server.asked.clear()
        server.tell("POST", path, Told(code, {}, {"Location": f"{server.url}/elsewhere"}))
        with pytest.raises(errors.NoAnswer, match=f"HTTP {code}"):
            connect(server.url).publish(made.draft(), parent=None)
        assert server.to("POST", "elsewhere") + server.to("GET", "elsewhere") == []


@posts
def test_a_prefix_goes_before_every_path(server: Scripted, connect: Connect, path: str) -> None:
    server.tell("POST", path, Told(201, {"id": "12_3", "data": {"id": "99"}}))
    connect(f"{server.url}/behind/a/gate/").publish(made.draft(), parent=None)
    assert all(asked.path.startswith("/behind/a/gate/") for asked in server.asked)
    assert not any("//" in asked.path for asked in server.asked)


@posts
def test_the_environments_proxy_and_netrc_are_not_asked(
    server: Scripted, connect: Connect, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.tell("POST", path, Told(201, {"id": "12_3", "data": {"id": "99"}}))
    connect(server.url).publish(made.draft(), parent=None)
    assert not any(asked.headers["authorization"].startswith("Basic") for asked in server.asked)


@posts
def test_a_connection_is_used_again_but_not_after_a_long_sleep(
    server: Scripted, connect: Connect, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.tell("POST", path, Told(201, {"id": "12_3", "data": {"id": "99"}}))
    platform = connect(server.url)
    platform.publish(made.draft(), parent=None)
    platform.publish(made.draft(), parent=None)
    assert len({asked.port for asked in server.asked}) == 1
    monkeypatch.setattr(wire, "IDLE", -1.0)
    platform.publish(made.draft(), parent=None)
    assert len({asked.port for asked in server.asked}) == 2


@posts
@pytest.mark.parametrize("answer", [Drop(), Told(403, {"detail": "canary-body"}), Told(500, b"canary-body")])
def test_the_sdks_keep_quiet_even_where_debugging_is_asked_for(
    server: Scripted,
    connect: Connect,
    path: str,
    answer: Drop | Told,
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform = connect(server.url)
    platform.check()
    for name in ("", "tweepy", "tweepy.client", "urllib3", "urllib3.connectionpool", "requests_oauthlib", "oauthlib"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    server.tell("POST", path, answer)
    with pytest.raises(errors.PlatformError) as raised:
        platform.publish(made.draft(text="canary-words"), parent=None)
    assert caplog.records == []
    assert "canary" not in f"{raised.value!r}"
    assert (raised.value.__cause__, raised.value.__suppress_context__) == (None, True)


@pytest.mark.parametrize(
    "url",
    ["http://example.org", "http://10.0.0.1:80", "ftp://127.0.0.1", "http://localhost.example.org", "https://", ""],
)
def test_secrets_do_not_travel_in_the_clear(url: str) -> None:
    with pytest.raises(errors.UserError, match="would send secrets in the clear"):
        x(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1/x", "http://[::1]:1", "https://example.org"])
def test_they_may_travel_to_this_machine_or_sealed(url: str) -> None:
    assert x(url).proves_absence
    assert not facebook(url).proves_absence
