"""Martlet, the server these tests are about."""

import os
from pathlib import Path

import yaml

from .homeserver import Homeserver

_REPOSITORY = Path(__file__).resolve().parents[3]


def find_binary() -> Path:
    """The server's binary: `MARTLET_BIN`, else the release build, else the debug build."""
    if named := os.environ.get("MARTLET_BIN"):
        if not os.access(named, os.X_OK):
            raise FileNotFoundError(f"MARTLET_BIN names no program: {named}")
        return Path(named)
    scratch = Path(os.environ.get("MARTLET_SCRATCH", _REPOSITORY / ".build"))
    for build in ("release", "debug"):
        candidate = scratch / build / "martlet"
        if candidate.exists():
            return candidate
    raise FileNotFoundError("no martlet binary: set MARTLET_BIN, or build one with `swift build`")


class Martlet(Homeserver):
    """A Martlet with `testing: true`, trusting the run's certificate authority; `settings` adds to its configuration by section."""

    kind = "martlet"

    def configure(self) -> None:
        settings = {
            "server_name": self.name,
            "data_directory": str(self.directory / "data"),
            "testing": True,
            "listeners": [
                {"address": "127.0.0.1", "port": self.client_port},
                {
                    "address": "127.0.0.1",
                    "port": self.federation_port,
                    "tls": {"certificate": str(self.certificate.certificate), "private_key": str(self.certificate.key)},
                },
            ],
            "registration": {"shared_secret": self.shared_secret},
            "logging": {"level": self.options.get("log_level", "info").lower()},
            "federation": {"trusted_certificate_authorities": [str(self.authority.certificate)]},
        }
        if self.options.get("behind_proxy"):
            for listener in settings["listeners"]:
                listener["behind_proxy"] = True
        for section, values in self.options.get("settings", {}).items():
            settings[section] = {**settings.get(section, {}), **values}
        (self.directory / "martlet.yaml").write_text(yaml.safe_dump(settings))

    def command(self) -> list[str]:
        return [str(find_binary()), "serve", "--config", str(self.directory / "martlet.yaml")]

    def database_paths(self) -> list[Path]:
        return [path for path in (self.directory / "data").rglob("*") if path.is_file() and "media" not in path.parts]
