"""The operations that the specification calls rate limited, on a server whose limits are one call each."""

from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from conformance.table import Endpoint, named, values
from conformance.test_endpoints import call
from harness.client import Client, shared_session
from harness.homeserver import Homeserver

pytestmark = pytest.mark.martlet_only

# More calls than any limit of this server lets through.
_CALLS = 4


@pytest_asyncio.fixture(scope="session")
async def limited(start_server) -> Homeserver:
    """A server where each person may do everything once, and a person is told by the address that a proxy passes on."""
    example = yaml.safe_load((Path(__file__).parents[3] / "martlet.example.yaml").read_text())
    classes = [name for name, value in example["rate_limits"].items() if isinstance(value, dict)]
    limits = {"enabled": True, **{name: {"per_second": 0.001, "burst": 1} for name in classes}}
    return await start_server("martlet", "limited", settings={"rate_limits": limits}, behind_proxy=True)


_addresses = iter(f"192.0.2.{low}" if not high else f"198.51.{high}.{low}" for high in range(100) for low in range(1, 255))


async def newcomer(server: Homeserver) -> tuple[Client, dict[str, str]]:
    """A new account, and the header that names its own address."""
    headers = {"X-Forwarded-For": next(_addresses)}
    body = {"auth": {"type": "m.login.dummy"}, "password": "correct horse"}
    async with shared_session().post(f"{server.client_url}/_matrix/client/v3/register", json=body, headers=headers) as answer:
        account = await answer.json()
        assert answer.status == 200, account
    client = Client(server.client_url, server.name, account["user_id"], account["access_token"], account["device_id"])
    return client, {"X-Forwarded-For": next(_addresses)}


@pytest.mark.parametrize("endpoint", **named(lambda e: e.api == "client" and e.limited and not e.absent))
async def test_limited_operations(limited: Homeserver, endpoint: Endpoint):
    user, headers = await newcomer(limited)
    path = endpoint.filled(values(limited, user))
    token = None if endpoint.caller == "public" else user.token
    replies = [await call(endpoint, limited.client_url, path, token, headers=headers) for _ in range(_CALLS)]
    assert replies[0].status != 429, f"the first call is within the limit: {replies[0]}"
    last = replies[-1]
    assert (last.status, last.errcode) == (429, "M_LIMIT_EXCEEDED"), f"expected 429 M_LIMIT_EXCEEDED after {_CALLS} calls: {last}"
    after = last.headers.get("Retry-After", "")
    assert after.isdigit() and int(after) > 0, f"Retry-After: {after!r}"
    assert isinstance(last.json.get("retry_after_ms"), int) and last.json["retry_after_ms"] > 0, last.json
    assert abs(int(after) * 1000 - last.json["retry_after_ms"]) <= 1000, f"{after} s and {last.json['retry_after_ms']} ms differ"


@pytest.mark.parametrize("endpoint", **named(lambda e: e.api == "server" and e.limited and not e.absent))
async def test_limited_operations_of_servers(limited: Homeserver, fake, endpoint: Endpoint):
    path = endpoint.filled(values(limited, limited.anonymous()))
    content = {} if endpoint.method in ("PUT", "POST") else None
    replies = [await fake.request(endpoint.method, limited, path, content) for _ in range(_CALLS)]
    assert replies[0].status != 429, replies[0]
    assert (replies[-1].status, replies[-1].get("errcode")) == (429, "M_LIMIT_EXCEEDED"), f"{replies[-1].status} {replies[-1]}"
    assert isinstance(replies[-1].get("retry_after_ms"), int), replies[-1]


async def test_one_person_does_not_use_up_the_limit_of_another(limited: Homeserver):
    """Limits count by person, and by address only where nobody is known."""
    (one, address), (other, _) = [await newcomer(limited) for _ in range(2)]
    whoami = f"{limited.client_url}/_matrix/client/v3/account/whoami"
    statuses = []
    for client in (one, one, other):
        async with shared_session().get(whoami, headers={**address, "Authorization": f"Bearer {client.token}"}) as answer:
            statuses.append(answer.status)
    assert statuses == [200, 429, 200]
