"""nheko, a desktop client, with a home folder of its own."""

import os
import subprocess
from pathlib import Path

from clients.desktop import Desktop
from harness.client import Client

# The session is written where nheko keeps it after a login, so that nobody has to type one.
_SETTINGS = """[General]
run_without_secure_secrets_service=true

[profile]
{profile}\\auth\\access_token={token}
{profile}\\auth\\device_id={device}
{profile}\\auth\\home_server={url}
{profile}\\auth\\user_id={user}

[user]
read_receipts=true
typing_notifications=true
theme=light
"""


class Nheko:
    """A running nheko, logged in as a device of an account."""

    def __init__(self, home: Path, desktop: Desktop, client: Client):
        self._home = home
        # Of one profile nheko runs once a machine, whatever its home is.
        self._profile = home.name
        self._log = home / "nheko.log"
        configuration = home / "config" / "nheko"
        configuration.mkdir(parents=True)
        home.chmod(0o700)
        (configuration / "nheko.conf").write_text(
            _SETTINGS.format(
                profile=self._profile, token=client.token, device=client.device_id, url=client.base_url, user=client.user_id))
        self._environment = {
            **os.environ, **desktop.environment, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"), "XDG_RUNTIME_DIR": str(home), "LC_ALL": "C.UTF-8",
            # No notifications to a desktop that somebody may be sitting at.
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home}/none"}
        self._process = self._run("-l", "debug")

    def show(self, room: str) -> None:
        """Has the running nheko open a room: a second one only hands the address on."""
        self._run(f"matrix:roomid/{room[1:]}").wait(30)

    def _run(self, *arguments: str) -> subprocess.Popen:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                ["nheko", "-p", self._profile, *arguments], env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def knows(self, text: str) -> bool:
        """Whether its database holds a text, such as a room's ID."""
        return any(text.encode() in file.read_bytes() for file in (self._home / "data").rglob("data.mdb"))

    def tail(self, lines: int = 40) -> str:
        """The last lines of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
