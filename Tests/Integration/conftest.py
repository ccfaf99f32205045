"""Options and fixtures of the integration suite."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from harness.authority import CertificateAuthority
from harness.client import Client, close_session
from harness.homeserver import Homeserver
from harness.martlet import Martlet, find_binary
from harness.peer import FakeServer
from harness.synapse import Synapse

_KINDS: dict[str, type[Homeserver]] = {"martlet": Martlet, "synapse": Synapse}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--subject", choices=sorted(_KINDS), default="martlet", help="the server under test")
    parser.addoption("--peer", choices=sorted(_KINDS), default="synapse", help="the server it federates with")
    parser.addoption("--kill-rounds", type=int, default=50, help="rounds of the kill -9 test")
    parser.addoption("--fuzz-examples", type=int, default=12, help="generated requests for each operation and caller")
    parser.addoption("--fuzz-seed", type=int, default=1, help="the seed they are made from")
    parser.addoption("--model-actions", type=int, default=400, help="random actions of each person")
    parser.addoption("--model-seed", type=int, default=1, help="the seed they are made from")
    parser.addoption("--keep", action="store_true", help="keep the servers' folders and print where they are")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Without a binary nothing is worth starting."""
    if "martlet" in (session.config.getoption("--subject"), session.config.getoption("--peer")):
        try:
            find_binary()
        except FileNotFoundError as error:
            pytest.exit(str(error), returncode=2)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--subject") != "martlet":
        skip = pytest.mark.skip(reason="a behaviour of Martlet")
        for item in items:
            if "martlet_only" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def directory(request: pytest.FixtureRequest):
    """The folder of this run."""
    path = Path(tempfile.mkdtemp(prefix="martlet-integration-"))
    yield path
    if request.config.getoption("--keep"):
        print(f"\nkept: {path}")
    else:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def authority(directory: Path) -> CertificateAuthority:
    """The certificate authority that every server of this run trusts."""
    return CertificateAuthority(directory / "certificates")


@pytest_asyncio.fixture(scope="session")
async def start_server(directory: Path, authority: CertificateAuthority) -> AsyncIterator[Callable[..., Awaitable[Homeserver]]]:
    """Starts servers; all of them are ended after the run."""
    servers: list[Homeserver] = []

    async def start(kind: str, label: str, **options) -> Homeserver:
        server = _KINDS[kind](label, directory / label, authority, **options)
        servers.append(server)
        await server.start()
        return server

    yield start
    await asyncio.gather(*(server.stop() for server in servers))
    await close_session()


@pytest_asyncio.fixture(scope="session")
async def subject(request: pytest.FixtureRequest, start_server) -> Homeserver:
    """The server under test."""
    return await start_server(request.config.getoption("--subject"), "subject")


@pytest_asyncio.fixture(scope="session")
async def peer(request: pytest.FixtureRequest, start_server) -> Homeserver:
    """The other server, a real Synapse."""
    return await start_server(request.config.getoption("--peer"), "peer")


@pytest_asyncio.fixture(autouse=True)
async def still_serving(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Each test starts with the shared servers up and reachable, whatever the test before it did."""
    for name in ("subject", "peer"):
        if name in request.fixturenames:
            server: Homeserver = request.getfixturevalue(name)
            if not server.process.alive:
                await server.process.start()
            await server.gate.open()
    yield


@pytest_asyncio.fixture
async def alice(subject: Homeserver) -> Client:
    """A new user on the server under test."""
    return await subject.register("alice")


@pytest_asyncio.fixture
async def bob(subject: Homeserver) -> Client:
    """Another new user on the server under test."""
    return await subject.register("bob")


@pytest_asyncio.fixture
async def carol(subject: Homeserver) -> Client:
    """A third new user on the server under test."""
    return await subject.register("carol")


@pytest.fixture(params=["subject", "peer"], ids=["subject-hosts", "peer-hosts"])
def pair(request: pytest.FixtureRequest, subject: Homeserver, peer: Homeserver) -> tuple[Homeserver, Homeserver]:
    """(the server that creates the room, the server that comes to it), in both directions."""
    return (subject, peer) if request.param == "subject" else (peer, subject)


@pytest_asyncio.fixture
async def host(pair: tuple[Homeserver, Homeserver]) -> Client:
    """A new user on the server that creates the room."""
    return await pair[0].register("host")


@pytest_asyncio.fixture
async def guest(pair: tuple[Homeserver, Homeserver]) -> Client:
    """A new user on the other server."""
    return await pair[1].register("guest")


@pytest_asyncio.fixture
async def fake(authority: CertificateAuthority) -> AsyncIterator[FakeServer]:
    """A federation peer that does what the test tells it to."""
    server = FakeServer(authority)
    await server.start()
    yield server
    await server.stop()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The closing count, as the last line."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not config.option.collectonly:
        failed = len(reporter.stats.get("failed", [])) + len(reporter.stats.get("error", []))
        if not reporter.stats:  # Not even a test was found, or there was no server to test.
            failed = 1
        print(f"{len(reporter.stats.get('passed', []))} passed, {failed} failed")
