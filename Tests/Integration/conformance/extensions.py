"""Operations of proposals that clients in use call, described as far as a fuzz test needs: they are in no specification yet."""

import re
from typing import Any

_TEXT: dict = {"type": "string"}
_WHOLE: dict = {"type": "integer"}
_TRUTH: dict = {"type": "boolean"}
_OBJECT: dict = {"type": "object"}


def _list(item: dict, **bounds: int) -> dict:
    return {"type": "array", "items": item, **bounds}


def _object(**members: dict) -> dict:
    return {"type": "object", "properties": members}


def _map(item: dict) -> dict:
    return {"type": "object", "additionalProperties": item, "maxProperties": 4}


def _one_of(*values: str) -> dict:
    return {"type": "string", "enum": list(values)}


def _operation(path: str, query: dict[str, dict] | None = None, body: dict | None = None) -> dict[str, Any]:
    parameters = [{"in": "path", "name": name, "required": True, "schema": _TEXT} for name in re.findall(r"\{(\w+)\}", path)]
    parameters += [{"in": "query", "name": name, "schema": schema} for name, schema in (query or {}).items()]
    described: dict[str, Any] = {"parameters": parameters, "responses": {"200": {"description": "", "content": {
        "application/json": {"schema": _OBJECT}}}}}
    if body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return described


_ROOM_CONFIG = _object(
    timeline_limit=_WHOLE, required_state=_list(_list(_one_of("m.room.member", "m.room.name", "*", "$LAZY", "$ME", ""), minItems=2, maxItems=2)))
_ROOM_LIST = {"type": "object", "properties": {
    **_ROOM_CONFIG["properties"], "ranges": _list(_list(_WHOLE, minItems=2, maxItems=2)), "slow_get_all_rooms": _TRUTH,
    "filters": _object(
        is_dm=_TRUTH, is_encrypted=_TRUTH, is_invite=_TRUTH, room_types=_list({"type": ["string", "null"]}), not_room_types=_list(_TEXT),
        room_name_like=_TEXT, tags=_list(_TEXT), not_tags=_list(_TEXT), spaces=_list(_TEXT)),
    "include_heroes": _TRUTH}}
_SLIDING = _object(
    conn_id=_TEXT, txn_id=_TEXT, lists=_map(_ROOM_LIST), room_subscriptions=_map(_ROOM_CONFIG), unsubscribe_rooms=_list(_TEXT),
    extensions=_object(
        to_device=_object(enabled=_TRUTH, since=_TEXT, limit=_WHOLE), e2ee=_object(enabled=_TRUTH),
        account_data=_object(enabled=_TRUTH, lists=_list(_TEXT), rooms=_list(_TEXT)),
        receipts=_object(enabled=_TRUTH, lists=_list(_TEXT), rooms=_list(_TEXT)),
        typing=_object(enabled=_TRUTH, lists=_list(_TEXT), rooms=_list(_TEXT))))
_SLIDING_QUERY = {"pos": _TEXT, "timeout": _WHOLE, "set_presence": _one_of("online", "offline", "unavailable")}
_UNSTABLE = "/_matrix/client/unstable"
_THREAD = f"{_UNSTABLE}/io.element.msc4306/rooms/{{roomId}}/thread/{{eventId}}/subscription"
_DEHYDRATED = f"{_UNSTABLE}/org.matrix.msc3814.v1/dehydrated_device"

_DESCRIBED: list[tuple[str, str, dict[str, dict] | None, dict | None]] = [
    ("post", f"{_UNSTABLE}/org.matrix.simplified_msc3575/sync", _SLIDING_QUERY, _SLIDING),
    ("post", "/_matrix/client/v4/sync", None, {**_SLIDING, "properties": {**_SLIDING["properties"], **_SLIDING_QUERY}}),
    ("get", f"{_UNSTABLE}/org.matrix.msc4140/delayed_events", {"from": _TEXT, "status": _one_of("scheduled", "finalised")}, None),
    ("post", f"{_UNSTABLE}/org.matrix.msc4140/delayed_events/{{delayId}}", None, _object(action=_one_of("send", "cancel", "restart"))),
    ("put", f"{_UNSTABLE}/org.matrix.msc4140/rooms/{{roomId}}/delayed_event/{{eventType}}/{{txnId}}", None,
     _object(delay=_WHOLE, content=_OBJECT, state_key=_TEXT)),
    ("get", f"{_UNSTABLE}/org.matrix.msc4143/rtc/transports", None, None),
    ("get", _THREAD, None, None),
    ("put", _THREAD, None, _object(automatic=_TEXT)),
    ("delete", _THREAD, None, None),
    ("get", f"{_UNSTABLE}/io.element.msc4308/thread_subscriptions", {"from": _TEXT, "to": _TEXT, "limit": _WHOLE, "dir": _one_of("b", "f")}, None),
    ("get", _DEHYDRATED, None, None),
    ("put", _DEHYDRATED, None, _object(
        device_id=_TEXT, device_data=_object(algorithm=_TEXT), initial_device_display_name=_TEXT, device_keys=_OBJECT, one_time_keys=_OBJECT)),
    ("delete", _DEHYDRATED, None, None),
    ("post", f"{_DEHYDRATED}/{{deviceId}}/events", None, _object(next_batch=_TEXT)),
]


def paths() -> dict[str, dict]:
    """The operations as an OpenAPI document has them."""
    described: dict[str, dict] = {}
    for method, path, query, body in _DESCRIBED:
        described.setdefault(path, {})[method] = _operation(path, query, body)
    return described


def names() -> list[str]:
    """Their methods and paths."""
    return [f"{method.upper()} {path}" for method, path, _, _ in _DESCRIBED]
