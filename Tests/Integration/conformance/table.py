"""The operations of the specification, and values for the parameters in their paths."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.client import Client, segment
from harness.homeserver import Homeserver

_FILE = Path(__file__).with_name("endpoints.tsv")


@dataclass(frozen=True)
class Endpoint:
    """One line of endpoints.tsv."""

    api: str
    method: str
    path: str
    # public: no token; optional: with or without; user, admin, service: a token of that kind; server: a signed request.
    caller: str
    # Whether a guest may call: "listed" by the specification, "beyond" its list since clients in use need it, or "-".
    guests: str
    # Whether the specification calls it rate limited.
    limited: bool
    deprecated: bool
    # Why it is not served yet; None where it must be.
    absent: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, values: dict[str, str]) -> str:
        """The path with its parameters replaced."""
        return re.sub(r"\{(\w+)\}", lambda match: segment(values[match.group(1)]), self.path)


def endpoints() -> list[Endpoint]:
    """All lines of endpoints.tsv."""
    with _FILE.open() as file:
        return [
            Endpoint(row["api"], row["method"], row["path"], row["caller"], row["guests"], row["limit"] == "limited",
                     row["deprecated"] == "deprecated", None if row["absent"] == "-" else row["absent"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def named(select: Callable[[Endpoint], bool]) -> dict:
    """Those endpoints as parameters of a test, each called by method and path."""
    chosen = [endpoint for endpoint in endpoints() if select(endpoint)]
    return {"argvalues": chosen, "ids": [str(endpoint) for endpoint in chosen]}


def values(server: Homeserver, user: Client, room: str = "!room:localhost", event: str = "$event") -> dict[str, str]:
    """A value for every parameter name of the table, which exist where a user has them at once."""
    return {
        "appserviceId": "bridge", "deviceId": user.device_id or "DEVICE", "eventId": event, "eventType": "m.room.topic", "fileName": "a.png",
        "filterId": "1", "idpId": "provider", "keyName": "displayname", "kind": "content", "mediaId": "aMediaIdentifier",
        "networkId": "network", "protocol": "irc", "queryType": "profile", "relType": "m.annotation",
        "receiptType": "m.read", "roomAlias": f"#alias:{server.name}", "roomId": room, "roomIdOrAlias": room, "ruleId": "rule",
        "serverName": server.name, "sessionId": "session", "stateKey": "", "tag": "u.work", "txnId": user.new_transaction(),
        "type": "org.example.data", "userId": user.user_id or f"@nobody:{server.name}", "version": "1",
    }
