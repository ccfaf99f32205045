"""Synapse, from PyPI, on SQLite."""

import base64
import secrets
import sys
from pathlib import Path

import yaml

from .homeserver import Homeserver

_UNLIMITED = {"per_second": 1_000_000, "burst_count": 1_000_000}


class Synapse(Homeserver):
    """A Synapse with its limits off, trusting the run's certificate authority."""

    kind = "synapse"

    def configure(self) -> None:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self._write("signing.key", f"ed25519 a_{secrets.token_hex(2)} {key}\n")
        self._write("log.yaml", yaml.safe_dump(self._logging()))
        self._write("homeserver.yaml", yaml.safe_dump(self._settings()))

    def command(self) -> list[str]:
        return [sys.executable, "-m", "synapse.app.homeserver", "-c", str(self.directory / "homeserver.yaml")]

    def database_paths(self) -> list[Path]:
        return list(self.directory.glob("homeserver.db*"))

    def _write(self, name: str, text: str) -> None:
        path = self.directory / name
        if not path.exists():
            path.write_text(text)

    def _logging(self) -> dict:
        return {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": self.options.get("log_level", "WARNING"), "handlers": ["console"]},
        }

    def _settings(self) -> dict:
        listeners = [
            {
                "port": self.client_port,
                "type": "http",
                "tls": False,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client", "federation"], "compress": False}],
            },
            {
                "port": self.federation_port,
                "type": "http",
                "tls": True,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client", "federation"], "compress": False}],
            },
        ]
        return {
            "server_name": self.name,
            "public_baseurl": self.client_url + "/",
            "pid_file": str(self.directory / "homeserver.pid"),
            "listeners": listeners,
            "tls_certificate_path": str(self.certificate.certificate),
            "tls_private_key_path": str(self.certificate.key),
            "federation_custom_ca_list": [str(self.authority.certificate)],
            "database": {"name": "sqlite3", "args": {"database": str(self.directory / "homeserver.db")}},
            "log_config": str(self.directory / "log.yaml"),
            "media_store_path": str(self.directory / "media"),
            "signing_key_path": str(self.directory / "signing.key"),
            "registration_shared_secret": self.shared_secret,
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "report_stats": False,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "allow_guest_access": True,
            "bcrypt_rounds": 4,
            "ip_range_blacklist": [],
            "federation_ip_range_blacklist": [],
            "allow_public_rooms_over_federation": True,
            "allow_public_rooms_without_auth": True,
            "room_list_publication_rules": [{"action": "allow"}],
            "refreshable_access_token_lifetime": "5m",
            "forget_rooms_on_leave": False,
            "federation": {
                "client_timeout": "30s",
                "max_short_retries": 2,
                "max_short_retry_delay": "1s",
                "max_long_retries": 2,
                "max_long_retry_delay": "2s",
                "destination_min_retry_interval": "1s",
                "destination_retry_multiplier": 1,
                "destination_max_retry_interval": "2s",
            },
            "caches": {"sync_response_cache_duration": "0s"},
            "rc_message": _UNLIMITED,
            "rc_registration": _UNLIMITED,
            "rc_registration_token_validity": _UNLIMITED,
            "rc_login": {"address": _UNLIMITED, "account": _UNLIMITED, "failed_attempts": _UNLIMITED},
            "rc_joins": {"local": _UNLIMITED, "remote": _UNLIMITED},
            "rc_joins_per_room": _UNLIMITED,
            "rc_invites": {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED},
            "rc_presence": {"per_user": _UNLIMITED},
            "rc_room_creation": _UNLIMITED,
            "rc_federation": {
                "window_size": 1000,
                "sleep_limit": 1_000_000,
                "sleep_delay": 1,
                "reject_limit": 1_000_000,
                "concurrent": 1000,
            },
        }
