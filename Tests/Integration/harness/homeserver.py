"""What the tests know of a homeserver, whichever it is."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from pathlib import Path

from .authority import CertificateAuthority
from .client import Client
from .gate import Gate
from .ports import free_port
from .process import ServerProcess


class Homeserver(ABC):
    """A homeserver with its own folder, a plain client listener and a TLS federation listener behind a gate."""

    kind: str

    def __init__(self, label: str, directory: Path, authority: CertificateAuthority, **options):
        self.label = label
        self.directory = directory
        self.options = options
        self.authority = authority
        self.certificate = authority.issue(label)
        self.client_port = free_port()
        self.federation_port = free_port()
        # The public port is part of the server's name: a folder that is used again needs the same one.
        self.gate = Gate(options.get("public_port") or free_port(), self.federation_port)
        self.name = f"localhost:{self.gate.public_port}"
        self.client_url = f"http://127.0.0.1:{self.client_port}"
        self.shared_secret = secrets.token_hex(16)
        directory.mkdir(parents=True, exist_ok=True)
        self.configure()
        self.process = ServerProcess(
            self.command(), directory / "server.log", f"{self.client_url}/_matrix/client/versions", self.environment()
        )

    @abstractmethod
    def configure(self) -> None:
        """Writes the configuration into the folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that serves."""

    def environment(self) -> dict[str, str]:
        """Environment variables beside those of the run."""
        return {}

    @abstractmethod
    def database_paths(self) -> list[Path]:
        """The files whose size counts as the database."""

    async def start(self) -> None:
        """Starts serving and opens the gate."""
        await self.process.start()
        await self.gate.open()

    async def stop(self) -> int | None:
        """Closes the gate and ends the server cleanly; returns its exit status."""
        await self.gate.cut()
        return await self.process.stop()

    async def kill(self) -> None:
        """Ends the server with SIGKILL, the gate with it."""
        self.process.kill()
        await self.gate.cut()

    def anonymous(self) -> Client:
        """A client without an account."""
        return Client(self.client_url, self.name)

    async def register(self, prefix: str = "user", password: str | None = None, **extra) -> Client:
        """A new account whose name starts with `prefix`, logged in."""
        localpart = f"{prefix}-{secrets.token_hex(4)}"
        password = password or secrets.token_hex(8)
        body = {"username": localpart, "password": password, "auth": {"type": "m.login.dummy"}, **extra}
        answer = await self.anonymous().post("/register", body)
        client = Client(self.client_url, self.name, answer["user_id"], answer["access_token"], answer["device_id"])
        client.password = password
        return client

    async def register_many(self, prefix: str, count: int) -> list[Client]:
        """Several new accounts."""
        return list(await asyncio.gather(*(self.register(prefix) for _ in range(count))))
