"""A display without a screen, and a person at it."""

import asyncio
import os
import subprocess
from pathlib import Path

from harness.waiting import eventually


class NoDisplay(RuntimeError):
    """Xvfb does not start here."""


class Desktop:
    """An X server of its own, on which windows are found, clicked into, typed into and photographed."""

    WIDTH, HEIGHT = 1280, 800

    def __init__(self, directory: Path):
        self._directory = directory
        self._server: subprocess.Popen | None = None
        self.display = ""

    async def start(self) -> None:
        """Starts the X server on a display that is free; throws `NoDisplay`."""
        reader, writer = os.pipe()
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{self.WIDTH}x{self.HEIGHT}x24", "-nolisten", "tcp"]
        log = self._directory / "xvfb.log"
        try:
            with log.open("wb") as output:
                self._server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=(writer,))
        except FileNotFoundError as error:
            os.close(reader)
            raise NoDisplay("Xvfb is not installed") from error
        finally:
            os.close(writer)
        with os.fdopen(reader) as announced:
            number = await asyncio.wait_for(asyncio.to_thread(announced.readline), 30)
        if not number.strip():
            raise NoDisplay(f"Xvfb does not start: {log.read_text()[-500:]}")
        self.display = f":{number.strip()}"

    def stop(self) -> None:
        """Ends the X server, and with it what has windows on it."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables of a program that shows its windows here."""
        return {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": "software", "LIBGL_ALWAYS_SOFTWARE": "1"}

    async def window(self, name: str) -> str:
        """The first visible window of a name, made as large as the screen and given the keyboard."""

        async def visible() -> list[str]:
            return (await self.do("search", "--onlyvisible", "--name", name)).split()

        window = (await eventually(visible, what=f"a window called {name}"))[0]
        await self.do("windowsize", "--sync", window, self.WIDTH, self.HEIGHT)
        await self.do("windowfocus", window)
        return window

    async def click(self, x: int, y: int) -> None:
        """Clicks somewhere on the screen."""
        await self.do("mousemove", x, y, "click", 1)

    async def type(self, text: str) -> None:
        """Types a line and ends it with the Return key."""
        await self.do("type", "--delay", 20, text)
        await self.do("key", "Return")

    async def do(self, *arguments) -> str:
        """One xdotool command."""
        return await self._run("xdotool", *map(str, arguments))

    async def photograph(self, file: Path) -> int:
        """Saves what the screen shows, and tells how many colours it has."""
        await self._run("import", "-window", "root", str(file))
        return int(await self._run("identify", "-format", "%k", str(file)))

    async def _run(self, *command: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **self.environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        return output.decode()
