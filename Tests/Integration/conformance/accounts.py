"""Accounts of particular kinds."""

import hashlib
import hmac
import secrets

from harness.client import Client
from harness.homeserver import Homeserver


async def new_guest(server: Homeserver) -> Client:
    """A guest account."""
    answer = await server.anonymous().post("/register", query={"kind": "guest"})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])


async def new_admin(server: Homeserver) -> Client:
    """An administrator, made by shared secret."""
    path = "/_synapse/admin/v1/register"
    nonce = (await server.anonymous().get(path))["nonce"]
    name, password = f"admin-{secrets.token_hex(4)}", secrets.token_hex(8)
    mac = hmac.new(server.shared_secret.encode(), "\0".join([nonce, name, password, "admin"]).encode(), hashlib.sha1).hexdigest()
    answer = await server.anonymous().post(path, {"nonce": nonce, "username": name, "password": password, "admin": True, "mac": mac})
    return Client(server.client_url, server.name, answer["user_id"], answer["access_token"], answer["device_id"])
