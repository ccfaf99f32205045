"""E-mail addresses: proving them, signing up and in with them, setting a forgotten password."""

import re
import secrets

import pytest
import pytest_asyncio

from harness.client import shared_session
from harness.mail import MailServer

pytestmark = pytest.mark.martlet_only
_LOGIN = ("matrix", 'pass "word"\\')


@pytest_asyncio.fixture(scope="module")
async def post():
    """The mail server."""
    server = MailServer(login=_LOGIN)
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(scope="module")
async def house(start_server, post):
    """A server that sends e-mail."""
    settings = {
        "well_known": {"client": "https://matrix.example.org"},
        "email": {"smtp_host": "127.0.0.1", "smtp_port": post.port, "security": "none", "username": _LOGIN[0], "password": _LOGIN[1],
                  "from": "noreply@example.org"},
    }
    return await start_server("martlet", "mailing", settings=settings)


def address() -> str:
    return f"{secrets.token_hex(4)}@Example.org"


async def ask(house, what: str, to: str, secret: str, attempt: int = 1, expect: int = 200, error: str | None = None, **more):
    body = {"client_secret": secret, "email": to, "send_attempt": attempt, **more}
    return await house.anonymous().post(f"/{what}/email/requestToken", body, expect=expect, error=error)


def link_in(message) -> str:
    """The path of the link in a message."""
    found = re.search(r"https://matrix\.example\.org(/\S+)", message.get_content())
    assert found, message.get_content()
    return found.group(1)


async def follow(house, link: str, confirm: bool = True) -> tuple[int, str]:
    """Opens the link, and presses the button."""
    async with shared_session().get(house.client_url + link) as answer:
        page = await answer.text()
        status = answer.status
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    if confirm and status == 200:
        action = re.search(r'action="([^"]+)"', page).group(1).replace("&amp;", "&")
        async with shared_session().post(house.client_url + action, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location", "")
    return status, ""


def stage(sid: str, secret: str, session: str | None = None) -> dict:
    auth = {"type": "m.login.email.identity", "threepid_creds": {"sid": sid, "client_secret": secret}}
    return {**auth, **({"session": session} if session else {})}


async def test_an_address_is_proven_and_added_and_signs_in(house, post):
    user = await house.register("mail")
    to, secret = address(), secrets.token_hex(8)
    sid = (await ask(house, "account/3pid", to, secret))["sid"]
    message = await post.message()
    assert message["To"] == to.lower() and message["From"] == "noreply@example.org" and message["Date"]
    assert message.envelope == ("<noreply@example.org>", [f"<{to.lower()}>"])
    # The same attempt again sends nothing and names the same session; a later one sends anew.
    assert (await ask(house, "account/3pid", to, secret))["sid"] == sid and post.waiting == 0
    assert (await ask(house, "account/3pid", to.upper(), secret, attempt=2))["sid"] == sid
    link = link_in(await post.message())

    password = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user.user_id}, "password": user.password}
    proof = {"sid": sid, "client_secret": secret}
    await user.post("/account/3pid/add", {**proof, "auth": password}, expect=400, error="M_THREEPID_AUTH_FAILED")
    assert (await follow(house, link_in(message)))[0] == 400, "the first message's link is replaced"
    # Programs that look at mail open links: that alone proves nothing.
    await follow(house, link, confirm=False)
    await user.post("/account/3pid/add", {**proof, "auth": password}, expect=400, error="M_THREEPID_AUTH_FAILED")
    assert (await follow(house, link))[0] == 200
    await user.post("/account/3pid/add", {**proof, "client_secret": "another", "auth": password}, expect=400)
    await user.post("/account/3pid/add", {**proof, "auth": password})

    contacts = (await user.get("/account/3pid"))["threepids"]
    assert [(entry["medium"], entry["address"]) for entry in contacts] == [("email", to.lower())]
    assert contacts[0]["validated_at"] > 0 and contacts[0]["added_at"] > 0
    await ask(house, "account/3pid", to, "x", expect=400, error="M_THREEPID_IN_USE")

    login = {"type": "m.login.password", "identifier": {"type": "m.id.thirdparty", "medium": "email", "address": to.upper()},
             "password": user.password}
    assert (await house.anonymous().post("/login", login))["user_id"] == user.user_id
    await house.anonymous().post("/login", {**login, "password": "wrong"}, expect=403, error="M_FORBIDDEN")

    removal = {"medium": "email", "address": to}
    assert (await user.post("/account/3pid/delete", removal))["id_server_unbind_result"] == "no-support"
    assert (await user.get("/account/3pid"))["threepids"] == []
    await house.anonymous().post("/login", login, expect=403, error="M_FORBIDDEN")


async def test_sign_up_with_an_address(house, post):
    to, secret, name = address(), secrets.token_hex(8), f"mail-{secrets.token_hex(4)}"
    anonymous = house.anonymous()
    challenge = await anonymous.post("/register", {"username": name, "password": "correct horse"}, expect=401)
    assert {"stages": ["m.login.email.identity"]} in challenge["flows"]
    sid = (await ask(house, "register", to, secret, next_link="https://app.example.org/go?x=1"))["sid"]
    body = {"username": name, "password": "correct horse", "auth": stage(sid, secret, challenge["session"])}
    await anonymous.post("/register", body, expect=401, error="M_THREEPID_AUTH_FAILED")
    assert await follow(house, link_in(await post.message())) == (303, "https://app.example.org/go?x=1")
    account = await anonymous.post("/register", body)
    house_user = house.anonymous()
    house_user.token = account["access_token"]
    assert [entry["address"] for entry in (await house_user.get("/account/3pid"))["threepids"]] == [to.lower()]
    # The proof is used up.
    other = {"username": f"{name}-2", "password": "correct horse", "auth": stage(sid, secret)}
    await anonymous.post("/register", other, expect=401)


async def test_a_forgotten_password(house, post):
    user = await house.register("mail")
    to, secret = address(), secrets.token_hex(8)
    await ask(house, "account/password", to, secret, expect=400, error="M_THREEPID_NOT_FOUND")
    sid = (await ask(house, "account/3pid", to, secret))["sid"]
    await follow(house, link_in(await post.message()))
    password = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user.user_id}, "password": user.password}
    await user.post("/account/3pid/add", {"sid": sid, "client_secret": secret, "auth": password})

    secret = secrets.token_hex(8)
    sid = (await ask(house, "account/password", to, secret))["sid"]
    message = await post.message()
    body = {"new_password": "a new password", "auth": stage(sid, secret)}
    anonymous = house.anonymous()
    await anonymous.post("/account/password", body, expect=401, error="M_THREEPID_AUTH_FAILED")
    await follow(house, link_in(message))
    await anonymous.post("/account/password", body)
    await user.get("/account/whoami", expect=401, error="M_UNKNOWN_TOKEN")
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": user.user_id}, "password": "a new password"}
    assert (await anonymous.post("/login", login))["user_id"] == user.user_id
    # The proof is used up.
    await anonymous.post("/account/password", body, expect=401)


async def test_bad_addresses_and_a_mail_server_that_refuses(house, post):
    for bad in ("", "nobody", "a b@example.org", "a@-example.org", "a@b@c..org", 'a"@example.org', "a@example.org\r\nBcc: x@y.z", f"{'a' * 65}@b.c"):
        await ask(house, "register", bad, "s", expect=400, error="M_INVALID_PARAM")
    await ask(house, "register", address(), "not allowed!", expect=400, error="M_INVALID_PARAM")
    await ask(house, "register", address(), "s", expect=400, error="M_INVALID_PARAM", next_link="javascript:alert(1)")
    await house.anonymous().post("/register/msisdn/requestToken", {"client_secret": "s", "country": "DE", "phone_number": "1", "send_attempt": 1},
                                 expect=403, error="M_THREEPID_DENIED")
    post.refuses = True
    to = address()
    await ask(house, "register", to, "s", expect=500, error="M_UNKNOWN")
    post.refuses = False
    await ask(house, "register", to, "s")
    assert (await post.message())["To"] == to.lower()


async def test_without_a_mail_server_nothing_is_offered(subject):
    body = {"client_secret": "s", "email": "a@example.org", "send_attempt": 1}
    await subject.anonymous().post("/register/email/requestToken", body, expect=403, error="M_THREEPID_DENIED")
    challenge = await subject.anonymous().post("/register", {}, expect=401)
    assert all("m.login.email.identity" not in flow["stages"] for flow in challenge["flows"])
    challenge = await subject.anonymous().post("/account/password", {"new_password": "x"}, expect=401)
    assert challenge["flows"] == [{"stages": ["m.login.password"]}]


async def test_the_password_speaks_for_who_is_not_logged_in(subject):
    user, other = await subject.register("stranger"), await subject.register("stranger")
    anonymous = subject.anonymous()

    def password(of, text: str, session: str) -> dict:
        return {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": of.user_id}, "password": text, "session": session}

    session = (await anonymous.post("/account/password", {}, expect=401))["session"]
    await anonymous.post("/account/password", {"new_password": "x", "auth": password(user, "wrong", session)}, expect=401, error="M_FORBIDDEN")
    await anonymous.post("/account/password", {"auth": password(user, user.password, session)}, expect=400, error="M_MISSING_PARAM")
    # Whoever's password was shown is whose password is set, whatever the next request says.
    await anonymous.post("/account/password", {"new_password": "changed", "auth": password(other, "wrong", session)})
    await other.get("/account/whoami")
    await user.get("/account/whoami", expect=401)
    session = (await anonymous.post("/account/deactivate", {}, expect=401))["session"]
    await anonymous.post("/account/deactivate", {"auth": password(other, other.password, session)})
    await other.get("/account/whoami", expect=401)
