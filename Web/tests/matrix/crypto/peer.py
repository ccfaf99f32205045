"""The other side of the differential tests: vodozemac, driven by lines of JSON on stdin; answers on stdout, one line each."""
import json
import sys

import vodozemac

kept = {}


def keep(thing):
    name = str(len(kept))
    kept[name] = thing
    return name


def any_message(kind, body):
    import base64
    return vodozemac.AnyOlmMessage.from_parts(kind, base64.b64decode(body + "=" * (-len(body) % 4)))


def message_of(message):
    import base64
    kind, body = message.to_parts()
    return {"type": kind, "body": base64.b64encode(body).decode().rstrip("=")}


def account(_):
    made = vodozemac.Account()
    return {"account": keep(made), "curve25519": made.curve25519_key.to_base64(), "ed25519": made.ed25519_key.to_base64()}


def one_time_keys(call):
    made = kept[call["account"]]
    made.generate_one_time_keys(call["count"])
    keys = [key.to_base64() for key in made.one_time_keys.values()]
    made.mark_keys_as_published()
    return {"keys": keys}


def sign(call):
    return {"signature": kept[call["account"]].sign(call["text"].encode()).to_base64()}


def verify(call):
    key = vodozemac.Ed25519PublicKey.from_base64(call["key"])
    key.verify_signature(call["text"].encode(), vodozemac.Ed25519Signature.from_base64(call["signature"]))
    return {}


def outbound(call):
    session = kept[call["account"]].create_outbound_session(
        vodozemac.Curve25519PublicKey.from_base64(call["identity"]), vodozemac.Curve25519PublicKey.from_base64(call["key"]))
    return {"session": keep(session), "id": session.session_id}


def inbound(call):
    message = any_message(0, call["body"]).to_pre_key()
    session, plaintext = kept[call["account"]].create_inbound_session(vodozemac.Curve25519PublicKey.from_base64(call["identity"]), message)
    return {"session": keep(session), "id": session.session_id, "plaintext": plaintext.decode()}


def encrypt(call):
    return message_of(kept[call["session"]].encrypt(call["text"].encode()))


def decrypt(call):
    return {"plaintext": kept[call["session"]].decrypt(any_message(call["type"], call["body"])).decode()}


def group(_):
    made = vodozemac.GroupSession()
    return {"session": keep(made), "id": made.session_id, "key": made.session_key.to_base64()}


def group_encrypt(call):
    made = kept[call["session"]]
    messages = []
    for text in call["texts"]:
        messages.append(made.encrypt(text.encode()).to_base64())
    return {"messages": messages}


def group_skip(call):
    made = kept[call["session"]]
    while made.message_index < call["to"]:
        made.encrypt(b"")
    return {"index": made.message_index}


def group_inbound(call):
    key = call["key"]
    if call.get("exported"):
        made = vodozemac.InboundGroupSession.import_session(vodozemac.ExportedSessionKey(key))
    else:
        made = vodozemac.InboundGroupSession(vodozemac.SessionKey(key))
    return {"session": keep(made), "id": made.session_id, "first": made.first_known_index}


def group_decrypt(call):
    found = kept[call["session"]].decrypt(vodozemac.MegolmMessage.from_base64(call["body"]))
    return {"plaintext": found.plaintext.decode(), "index": found.message_index}


def group_export(call):
    exported = kept[call["session"]].export_at(call["index"])
    return {"key": exported.to_base64() if exported else None}


def main():
    calls = {function.__name__: function for function in (
        account, one_time_keys, sign, verify, outbound, inbound, encrypt, decrypt, group, group_encrypt, group_skip, group_inbound, group_decrypt, group_export)}
    for line in sys.stdin:
        call = json.loads(line)
        try:
            answer = calls[call["call"]](call)
        except Exception as error:  # the other side wants to know of every kind of failure
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
