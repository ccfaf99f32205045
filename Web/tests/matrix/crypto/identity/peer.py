"""Answers to the identity tests: lines of JSON in, lines of JSON out. What it computes comes from vodozemac, libolm and matrix-nio."""
import base64
import ctypes
import hashlib
import json
import os
import sys
import tempfile

import vodozemac
from nio.api import Api
from nio.crypto import attachments
from nio.crypto.key_export import decrypt_and_read, encrypt_and_save


def unpadded(data):
    return base64.b64encode(data).decode().rstrip("=")


def padded(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


class Olm:
    """libolm's public key encryption and short authentication strings."""

    def __init__(self):
        self.library = ctypes.CDLL("libolm.so.3")
        for name in (
            "pk_encryption_size", "pk_decryption_size", "pk_encrypt_random_length", "pk_ciphertext_length", "pk_mac_length", "pk_key_length",
            "pk_max_plaintext_length", "pk_encryption_set_recipient_key", "pk_encrypt", "pk_decrypt", "pk_key_from_private",
            "sas_size", "create_sas", "create_sas_random_length", "sas_pubkey_length", "sas_get_pubkey", "sas_set_their_key", "sas_generate_bytes",
            "sas_mac_length", "sas_calculate_mac", "sas_calculate_mac_fixed_base64",
        ):
            getattr(self.library, "olm_" + name).restype = ctypes.c_size_t
        for name in ("pk_encryption", "pk_decryption", "sas"):
            getattr(self.library, "olm_" + name).restype = ctypes.c_void_p

    def make(self, name):
        memory = ctypes.create_string_buffer(getattr(self.library, f"olm_{name}_size")())
        return memory, ctypes.c_void_p(getattr(self.library, f"olm_{name}")(memory))

    def call(self, name, *arguments):
        plain = [ctypes.c_size_t(value) if isinstance(value, int) else value for value in arguments]
        result = getattr(self.library, "olm_" + name)(*plain)
        if result == ctypes.c_size_t(-1).value:
            raise ValueError(f"{name} failed")
        return result

    def encrypt(self, key, text):
        memory, handle = self.make("pk_encryption")
        self.call("pk_encryption_set_recipient_key", handle, key, len(key))
        size = self.call("pk_ciphertext_length", handle, len(text))
        ciphertext = ctypes.create_string_buffer(size)
        mac = ctypes.create_string_buffer(self.call("pk_mac_length", handle))
        ephemeral = ctypes.create_string_buffer(self.call("pk_key_length"))
        random = os.urandom(self.call("pk_encrypt_random_length", handle))
        self.call("pk_encrypt", handle, text, len(text), ciphertext, size, mac, len(mac), ephemeral, len(ephemeral), random, len(random))
        return {"ciphertext": ciphertext.raw.decode(), "mac": mac.raw.decode(), "ephemeral": ephemeral.raw.decode()}

    def decrypt(self, secret, data):
        memory, handle = self.make("pk_decryption")
        public = ctypes.create_string_buffer(self.call("pk_key_length"))
        self.call("pk_key_from_private", handle, public, len(public), secret, len(secret))
        ciphertext = data["ciphertext"].encode()
        size = self.call("pk_max_plaintext_length", handle, len(ciphertext))
        plaintext = ctypes.create_string_buffer(size)
        copy = ctypes.create_string_buffer(ciphertext, len(ciphertext))
        ephemeral, mac = data["ephemeral"].encode(), data["mac"].encode()
        length = self.call("pk_decrypt", handle, ephemeral, len(ephemeral), mac, len(mac), copy, len(ciphertext), plaintext, size)
        return public.raw.decode(), plaintext.raw[:length].decode()


olm = Olm()


def olm_sas(key, info, text):
    memory, handle = olm.make("sas")
    random = os.urandom(olm.call("create_sas_random_length", handle))
    olm.call("create_sas", handle, random, len(random))
    public = ctypes.create_string_buffer(olm.call("sas_pubkey_length", handle))
    olm.call("sas_get_pubkey", handle, public, len(public))
    their = ctypes.create_string_buffer(key.encode(), len(key))
    olm.call("sas_set_their_key", handle, their, len(key))
    generated = ctypes.create_string_buffer(6)
    olm.call("sas_generate_bytes", handle, info.encode(), len(info), generated, 6)
    macs = {}
    for name in ("sas_calculate_mac", "sas_calculate_mac_fixed_base64"):
        mac = ctypes.create_string_buffer(olm.call("sas_mac_length", handle))
        olm.call(name, handle, text.encode(), len(text), info.encode(), len(info), mac, len(mac))
        macs[name] = mac.raw.decode()
    return {"key": public.raw.decode(), "bytes": list(generated.raw), "old": macs["sas_calculate_mac"], "mac": macs["sas_calculate_mac_fixed_base64"]}


def vodozemac_sas(key, info, text):
    own = vodozemac.Sas()
    public = own.public_key.to_base64()
    established = own.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(key))
    generated = established.bytes(info)
    return {
        "key": public, "emoji": list(generated.emoji_indices), "decimals": list(generated.decimals),
        "mac": established.calculate_mac(text, info), "old": established.calculate_mac_invalid_base64(text, info),
    }


def answer(question):
    kind = question["call"]
    if kind == "pk-encrypt":
        text = question["text"].encode()
        if question["by"] == "olm":
            return olm.encrypt(question["key"].encode(), text)
        message = vodozemac.PkEncryption.from_key(vodozemac.Curve25519PublicKey.from_base64(question["key"])).encrypt(text)
        ephemeral, mac, ciphertext = message.to_base64()
        return {"ciphertext": ciphertext, "mac": mac, "ephemeral": ephemeral}
    if kind == "pk-decrypt":
        secret = padded(question["secret"])
        public, text = olm.decrypt(secret, question["data"])
        key = vodozemac.PkDecryption.from_key(vodozemac.Curve25519SecretKey.from_bytes(secret))
        message = vodozemac.Message.from_base64(*(question["data"][name] for name in ("ciphertext", "mac", "ephemeral")))
        return {"public": public, "olm": text, "vodozemac": key.decrypt(message).decode()}
    if kind == "sas":
        return (olm_sas if question["by"] == "olm" else vodozemac_sas)(question["key"], question["info"], question["text"])
    if kind == "commitment":
        return {"commitment": unpadded(hashlib.sha256((question["key"] + Api.to_canonical_json(question["start"])).encode()).digest())}
    if kind == "export":
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            encrypt_and_save(question["text"].encode(), path, question["passphrase"], count=1000)
            with open(path) as file:
                return {"text": file.read()}
    if kind == "import":
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            with open(path, "w") as file:
                file.write(question["text"])
            return {"text": decrypt_and_read(path, question["passphrase"]).decode()}
    if kind == "encrypt-file":
        ciphertext, keys = attachments.encrypt_attachment(padded(question["data"]))
        return {"data": unpadded(ciphertext), "file": keys}
    if kind == "decrypt-file":
        file = question["file"]
        return {"data": unpadded(attachments.decrypt_attachment(padded(question["data"]), file["key"]["k"], file["hashes"]["sha256"], file["iv"]))}
    raise ValueError(kind)


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
