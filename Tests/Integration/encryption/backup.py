"""A key backup as clients make it: `m.megolm_backup.v1.curve25519-aes-sha2`, with the cryptography of a real library."""

import base64
import json

import nio
import vodozemac
from nio.crypto import InboundGroupSession

from harness.client import Client, segment

_ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2"


class KeyBackup:
    """A version of an account's backup, with the private key that opens it."""

    def __init__(self, account: Client, key: vodozemac.PkDecryption, version: str):
        self._account = account
        self._key = key
        self.version = version

    @classmethod
    async def create(cls, account: Client) -> "KeyBackup":
        """A new version with a new key."""
        key = vodozemac.PkDecryption()
        data = {"public_key": key.public_key.to_base64(), "signatures": {}}
        answer = await account.post("/room_keys/version", {"algorithm": _ALGORITHM, "auth_data": data})
        return cls(account, key, answer["version"])

    async def opened_by(self, account: Client) -> "KeyBackup":
        """The same backup as another device finds it, which was given the private key."""
        found = await account.get("/room_keys/version")
        assert found["algorithm"] == _ALGORITHM and found["version"] == self.version
        assert found["auth_data"]["public_key"] == self._key.public_key.to_base64()
        copied = vodozemac.PkDecryption.from_key(vodozemac.Curve25519SecretKey.from_bytes(self._key.key.to_bytes()))
        return KeyBackup(account, copied, found["version"])

    async def store(self, sessions: list[InboundGroupSession]) -> dict:
        """Puts sessions into the backup, all of them in one request."""
        rooms: dict = {}
        for session in sessions:
            rooms.setdefault(session.room_id, {"sessions": {}})["sessions"][session.id] = {
                "first_message_index": session.first_known_index, "forwarded_count": 0, "is_verified": False, "session_data": self._sealed(session)}
        return await self._account.put("/room_keys/keys", {"rooms": rooms}, query={"version": self.version})

    async def sessions(self) -> list[InboundGroupSession]:
        """Everything in the backup, opened."""
        answer = await self._account.get("/room_keys/keys", query={"version": self.version})
        return [self._opened(room, one["session_data"]) for room, kept in answer["rooms"].items() for one in kept["sessions"].values()]

    async def session(self, room: str, session: str) -> InboundGroupSession:
        """One session of it."""
        answer = await self._account.get(f"/room_keys/keys/{segment(room)}/{segment(session)}", query={"version": self.version})
        return self._opened(room, answer["session_data"])

    def _sealed(self, session: InboundGroupSession) -> dict:
        content = {
            "algorithm": "m.megolm.v1.aes-sha2", "forwarding_curve25519_key_chain": session.forwarding_chain, "sender_key": session.sender_key,
            "sender_claimed_keys": {"ed25519": session.ed25519}, "session_key": session.export_session(session.first_known_index)}
        message = vodozemac.PkEncryption.from_key(self._key.public_key).encrypt(json.dumps(content).encode())
        return {"ephemeral": _unpadded(message.ephemeral_key), "ciphertext": _unpadded(message.ciphertext), "mac": _unpadded(message.mac)}

    def _opened(self, room: str, sealed: dict) -> InboundGroupSession:
        message = vodozemac.Message.from_base64(sealed["ciphertext"], sealed["mac"], sealed["ephemeral"])
        content = json.loads(self._key.decrypt(message))
        return InboundGroupSession.import_session(
            content["session_key"], content["sender_claimed_keys"]["ed25519"], content["sender_key"], room,
            content["forwarding_curve25519_key_chain"])


def plain(client: nio.AsyncClient, server_name: str) -> Client:
    """The same device over plain HTTP."""
    return Client(client.homeserver, server_name, client.user_id, client.access_token, client.device_id)


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
