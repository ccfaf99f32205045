"""One server process: started, watched, ended by its own process ID."""

import asyncio
import ctypes
import os
import signal
import subprocess
from pathlib import Path

import aiohttp

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """A killed test run leaves no server behind."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class ServerProcess:
    """A command that serves HTTP; its output goes to a log file."""

    def __init__(self, command: list[str], log: Path, ready_url: str, environment: dict[str, str] | None = None):
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._ready_url = ready_url
        self.log = log
        self._process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        """The process ID of the running server."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process exists and has not ended."""
        return self._process is not None and self._process.poll() is None

    async def start(self, timeout_seconds: float = 60) -> None:
        """Starts the process and waits until it answers."""
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                preexec_fn=_end_with_parent,
            )
        async with aiohttp.ClientSession() as session:
            deadline = asyncio.get_running_loop().time() + timeout_seconds
            while asyncio.get_running_loop().time() < deadline:
                if not self.alive:
                    raise RuntimeError(f"the server ended with {self._process.returncode}:\n{self.tail()}")
                try:
                    async with session.get(self._ready_url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, asyncio.TimeoutError):
                    pass
                await asyncio.sleep(0.05)
        self.kill()
        raise RuntimeError(f"no answer from {self._ready_url} in {timeout_seconds} s:\n{self.tail()}")

    async def stop(self, timeout_seconds: float = 20) -> int | None:
        """Asks the process to end (SIGTERM) and returns its exit status; kills it when it does not."""
        if not self.alive:
            return None
        self._process.send_signal(signal.SIGTERM)
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while asyncio.get_running_loop().time() < deadline:
            if self._process.poll() is not None:
                return self._process.returncode
            await asyncio.sleep(0.05)
        self.kill()
        return self._process.returncode

    def kill(self) -> None:
        """Ends the process at once (SIGKILL)."""
        if self.alive:
            self._process.kill()
            self._process.wait(timeout=10)

    def tail(self, lines: int = 40) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
