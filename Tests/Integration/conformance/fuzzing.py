"""Requests made from the API's description, and what every answer has to keep to."""

import functools
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance

from conformance import extensions

_DOCUMENT = Path(__file__).with_name("client-server.json.gz")
# Longer than any answer may take; a request that waits on purpose (/sync) is told to wait less.
HANG_SECONDS = 20
_LONGEST_WAIT_MILLISECONDS = 50
# Fields by the kind of what they hold, where their name is not the kind's own.
_KINDS = {
    "room_id": "roomId", "user_id": "userId", "user": "userId", "target_user_id": "userId", "event_id": "eventId", "m.read": "eventId",
    "m.fully_read": "eventId", "m.read.private": "eventId", "device_id": "deviceId", "room_alias_name": "localpart", "from": "token",
    "to": "token", "since": "token", "next_batch": "token", "batch": "token", "via": "serverName", "server_name": "serverName",
    "server": "serverName", "new_version": "roomVersion", "room_version": "roomVersion", "filter": "filterId", "rel_type": "relType",
}
# What answers an empty object where nothing is set up, which clients know and the schema does not.
_UNSHAPED = frozenset(("/_matrix/client/v3/voip/turnServer",))
# What answers null for a device without a name: matrix-nio refuses a device whose name is left out, as the schema has it.
_NAMELESS = frozenset(("/_matrix/client/v3/devices", "/_matrix/client/v3/devices/{deviceId}"))
_PROFILE_FIELD = "/_matrix/client/v3/profile/{userId}/{keyName}"


@functools.cache
def api() -> schemathesis.BaseSchema:
    """The description of the client-server API, with what clients call beyond it."""
    document = json.loads(gzip.decompress(_DOCUMENT.read_bytes()))
    document["paths"] |= extensions.paths()
    return schemathesis.openapi.from_dict(document)


@functools.cache
def operations() -> dict[str, Any]:
    """Every operation by method and path."""
    found = (result.ok() for result in api().get_all_operations())
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}



@st.composite
def _cases(draw: Callable, operation: Any, mode: GenerationMode, real: dict[str, list[str]]) -> Any:
    """A case whose identifiers are mostly ones that exist."""
    case = draw(operation.as_strategy(mode))

    def chosen(name: str, value: Any) -> Any:
        pool = real.get(_KINDS.get(name, name))
        if not pool:
            return value
        # What goes together stands first: mostly a request is right in this respect, sometimes off the mark, sometimes nonsense.
        dice = draw(st.integers(0, 9))
        return value if dice == 0 else pool[0] if dice < 6 else draw(st.sampled_from(pool))

    def walked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: chosen(key, item) if isinstance(item, str) else walked(item) for key, item in value.items()}
        return [walked(item) for item in value] if isinstance(value, list) else value

    if isinstance(case.path_parameters, dict):
        # What the strategy makes for a path is percent-encoded, what exists is not.
        exchanged = {name: chosen(name, None) for name in case.path_parameters}
        case.path_parameters = {
            name: value if exchanged[name] is None else quote(exchanged[name], safe="") for name, value in case.path_parameters.items()}
    if case.query is None or isinstance(case.query, dict):
        case.query = {name: chosen(name, value) for name, value in (case.query or {}).items()}
        if any(parameter.name == "timeout" for parameter in operation.query):
            case.query["timeout"] = draw(st.integers(-1, _LONGEST_WAIT_MILLISECONDS))
    if isinstance(case.body, dict) and isinstance(case.body.get("timeout"), int):
        case.body["timeout"] = draw(st.integers(-1, _LONGEST_WAIT_MILLISECONDS))
    if operation.path == _PROFILE_FIELD and isinstance(case.body, dict) and draw(st.booleans()):
        # The schema cannot say that the body's member is named as the path is.
        case.body = {unquote(case.path_parameters["keyName"]): draw(st.text(max_size=20))}
    case.body = walked(case.body)
    return case


# Bodies that no client sends, for every operation that takes one.
_HOSTILE_BODIES: list[bytes] = [
    b"", b"{", b"null", b"[]", b'"text"', b"1", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"{}{}", b'{"a":1,}', b'{"a":NaN}', b'{"a":1e999}',
    b'{"a":99999999999999999999999999}', b'{"a":-0.0}', b'{"a":"\\ud800"}', b'{"\\u0000":"\\u0000"}', b'{"a":"\xed\xa0\x80"}',
    b"[" * 5000 + b"]" * 5000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b'{"a":1,"a":2}', b'{"auth":null}', b'{"auth":[]}',
    b'{"auth":{"type":"m.login.password"}}', b'{"auth":{"session":"x"}}', b'{"a":"' + b"x" * 70_000 + b'"}',
]


class Fuzzer:
    """Sends cases to a server as one of its users and remembers each kind of problem once."""

    def __init__(self, base_url: str, token: str | None):
        self._base_url = base_url
        self._token = token
        self._session = requests.Session()
        self.problems: dict[str, str] = {}
        self.sent = 0
        self._is_over = False
        self.statuses: Counter[int] = Counter()

    def run(self, name: str, real: dict[str, list[str]], examples: int, seed: int, fresh: Callable[[], str] | None = None) -> None:
        """Positive, then negative, then hostile cases of one operation; `fresh` gives a token for each where a call ends its session."""
        operation = operations()[name]
        for mode, count in ((GenerationMode.POSITIVE, examples), (GenerationMode.NEGATIVE, max(1, examples * 2 // 3))):
            self._generated(operation, mode, real, count, seed, fresh)
        if operation.method.upper() in ("PUT", "POST") and not self._is_over:
            self._hostile(operation, real, fresh)

    def _generated(self, operation: Any, mode: GenerationMode, real: dict, count: int, seed: int, fresh: Callable[[], str] | None) -> None:
        @hypothesis.seed(seed)
        @hypothesis.settings(max_examples=count, deadline=None, database=None, phases=[hypothesis.Phase.generate],
                             suppress_health_check=list(hypothesis.HealthCheck))
        @hypothesis.given(case=_cases(operation, mode, real))
        def each(case: Any) -> None:
            self._send(case, fresh() if fresh else self._token)

        try:
            each()
        except (hypothesis.errors.Unsatisfiable, schemathesis.errors.InvalidSchema):
            # An operation without parameters cannot be called wrongly.
            pass

    def _send(self, case: Any, token: str | None) -> None:
        if self._is_over:
            return
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.sent += 1
        try:
            response = case.call(base_url=self._base_url, session=self._session, headers=headers, timeout=HANG_SECONDS, allow_redirects=False)
        except requests.Timeout:
            self._note("hang", f"no answer in {HANG_SECONDS} s", case.as_curl_command())
            return
        except requests.RequestException as error:
            self._break_off(error, case.as_curl_command())
            return
        said = case.as_curl_command()
        self._check(response.status_code, response.headers.get("content-type", [""])[0], response.content, said)
        is_exempt = case.path in _UNSHAPED and response.content == b"{}" or case.path in _NAMELESS and b'"display_name":null' in response.content
        if 200 <= response.status_code < 300 and not is_exempt:
            try:
                case.validate_response(response, checks=[response_schema_conformance])
            except (Failure, FailureGroup) as failure:
                for one in getattr(failure, "exceptions", [failure]):
                    text = getattr(one, "message", str(one))
                    self._note("shape", text.strip()[:600], f"{said}\n  {response.content[:600]!r}")

    def _hostile(self, operation: Any, real: dict[str, list[str]], fresh: Callable[[], str] | None) -> None:
        path = operation.path
        for parameter in operation.path_parameters:
            values = real.get(parameter.name, ["value"])
            path = path.replace("{" + parameter.name + "}", quote(values[0], safe=""))
        for body in _HOSTILE_BODIES:
            token = fresh() if fresh else self._token
            headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
            said = f"{operation.method.upper()} {path} with the body {body[:80]!r}"
            self.sent += 1
            try:
                response = self._session.request(operation.method.upper(), self._base_url + path, data=body, headers=headers, timeout=HANG_SECONDS)
            except requests.RequestException as error:
                self._break_off(error, said)
                return
            self._check(response.status_code, response.headers.get("content-type", ""), response.content, said)

    def _check(self, status: int, content_type: str, content: bytes, said: str) -> None:
        """What holds of every answer, whatever was asked."""
        self.statuses[status] += 1
        answer = f"{said}\n  {status} {content[:400]!r}"
        if status < 400:
            return
        if content_type.split(";")[0] != "application/json":
            self._note("no JSON" if status < 500 else "server error", f"{status} {content_type}", answer)
            return
        try:
            error = json.loads(content)
        except ValueError:
            self._note("no JSON", f"{status}, unparsable", answer)
            return
        if status >= 500 and not _is_of_another_server(status, error, said):
            self._note("server error", str(status), answer)
        is_interactive = status == 401 and "flows" in error
        if not is_interactive and not (isinstance(error.get("errcode"), str) and isinstance(error.get("error"), str)):
            self._note("no errcode", str(status), answer)

    def _break_off(self, error: Exception, said: str) -> None:
        """A connection that breaks is a server that ended: nothing after it tells more."""
        self._note("connection", repr(error)[:300], said)
        self._is_over = True

    def _note(self, kind: str, what: str, example: str) -> None:
        self.problems.setdefault(f"{kind}: {what}", example)

    def report(self) -> str:
        """Every kind of problem with one request that shows it."""
        return "\n".join(f"{kind}\n  {example}" for kind, example in self.problems.items())


def _is_of_another_server(status: int, error: dict, said: str) -> bool:
    """Whether an error tells that a server which the request names could not be asked."""
    name = str(error.get("error", "")).split(":")[0]
    return status in (502, 504) and bool(name) and (name in unquote(said) or "/preview_url" in said)
