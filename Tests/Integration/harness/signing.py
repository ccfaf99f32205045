"""Canonical JSON, hashes and signatures of events, written out so that hostile ones can be made too."""

import base64
import copy
import hashlib
import secrets
from typing import Any

from canonicaljson import encode_canonical_json
from nacl.signing import SigningKey

_KEPT_ALWAYS = ("event_id", "type", "room_id", "sender", "state_key", "content", "hashes", "signatures", "depth",
                "prev_events", "auth_events", "origin_server_ts")
_KEPT_BEFORE_11 = ("prev_state", "origin", "membership")
_KEPT_SINCE_11 = {"invite", "third_party_invite", "redacts"}
_KEPT_CONTENT = {
    "m.room.create": ("creator",),
    "m.room.member": ("membership", "join_authorised_via_users_server", "third_party_invite"),
    "m.room.join_rules": ("join_rule", "allow"),
    "m.room.power_levels": ("ban", "events", "events_default", "invite", "kick", "redact", "state_default", "users",
                            "users_default"),
    "m.room.history_visibility": ("history_visibility",),
    "m.room.redaction": ("redacts",),
}


def unpadded(data: bytes) -> str:
    """Base64 without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def redacted(event: dict) -> dict:
    """The event as room version 11 redacts it, or 9 to 10 where the room says so (`_version`)."""
    version = int(event.get("_version", 11))
    kept = _KEPT_ALWAYS if version >= 11 else _KEPT_ALWAYS + _KEPT_BEFORE_11
    result = {key: event[key] for key in kept if key in event}
    content = event.get("content", {})
    kind = event.get("type", "")
    if not (kind == "m.room.create" and version >= 11):
        keys = set(_KEPT_CONTENT.get(kind, ()))
        if version < 11:
            keys -= _KEPT_SINCE_11
        content = {key: content[key] for key in sorted(keys) if key in content}
    result["content"] = content
    return result


class Signer:
    """A server's Ed25519 key."""

    def __init__(self, server_name: str, key_id: str | None = None):
        self.server_name = server_name
        self.key_id = key_id or f"ed25519:{secrets.token_hex(3)}"
        self._key = SigningKey.generate()

    @property
    def public_key(self) -> str:
        """The public key in unpadded base64."""
        return unpadded(bytes(self._key.verify_key))

    def signature(self, value: dict) -> str:
        """The signature of an object without its signatures and unsigned data."""
        bare = {key: item for key, item in value.items() if key not in ("signatures", "unsigned") and not key.startswith("_")}
        return unpadded(self._key.sign(encode_canonical_json(bare)).signature)

    def sign_json(self, value: dict) -> dict:
        """Adds this server's signature to an object."""
        signed = copy.deepcopy(value)
        signed.setdefault("signatures", {}).setdefault(self.server_name, {})[self.key_id] = self.signature(value)
        return signed

    def sign_event(self, event: dict, version: str | int = 11, keep_hash: bool = False) -> dict:
        """Adds the content hash (unless `keep_hash`) and this server's signature to an event."""
        signed = copy.deepcopy(event)
        if not keep_hash:
            signed["hashes"] = {"sha256": content_hash(signed)}
        signature = self.signature(redacted({**signed, "_version": version}))
        signed.setdefault("signatures", {}).setdefault(self.server_name, {})[self.key_id] = signature
        return signed

    def authorization(self, method: str, uri: str, destination: str, content: Any = None, origin: str | None = None) -> str:
        """The X-Matrix header of a request."""
        request = {"method": method, "uri": uri, "origin": origin or self.server_name, "destination": destination}
        if content is not None:
            request["content"] = content
        return (f'X-Matrix origin="{request["origin"]}",destination="{destination}",'
                f'key="{self.key_id}",sig="{self.signature(request)}"')


def content_hash(event: dict) -> str:
    """The content hash of an event."""
    bare = {key: value for key, value in event.items() if key not in ("hashes", "signatures", "unsigned")}
    return unpadded(hashlib.sha256(encode_canonical_json(bare)).digest())


def event_id(event: dict, version: str | int = 11) -> str:
    """The ID of an event of room version 4 or later: its reference hash."""
    bare = {key: value for key, value in redacted({**event, "_version": version}).items() if key != "signatures"}
    digest = hashlib.sha256(encode_canonical_json(bare)).digest()
    return "$" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
