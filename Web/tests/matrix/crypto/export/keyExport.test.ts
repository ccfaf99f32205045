import assert from "node:assert/strict"
import test from "node:test"
import { decryptKeyExport, encryptKeyExport } from "../../../../source/matrix/crypto/export/keyExport"
import { hasPeer, Peer } from "../support/Peer"

const SESSIONS = Array.from({ length: 30 }, (_, index) => ({ room_id: "!zimmer:ä", session_id: `s${index}`, algorithm: "m.megolm.v1.aes-sha2" }))

test("sessions come back with the passphrase, and only with it", async () => {
  const text = await encryptKeyExport(SESSIONS, "ge heim", 1_000)
  assert.match(text, /^-----BEGIN MEGOLM SESSION DATA-----\n[A-Za-z0-9+/=\n]+\n-----END MEGOLM SESSION DATA-----\n$/)
  assert.deepEqual(await decryptKeyExport(text, "ge heim"), SESSIONS)
  assert.deepEqual(await decryptKeyExport(`\r\n${text.replace(/\n/g, "\r\n")}`, "ge heim"), SESSIONS)
  await assert.rejects(decryptKeyExport(text, "geheim"), { code: "wrong-passphrase" })
})

test("what is no export is told apart", async () => {
  const text = await encryptKeyExport([], "p", 1_000)
  for (const wrong of ["", "hello", text.replace("BEGIN", "START"), "-----BEGIN MEGOLM SESSION DATA-----\nAQ==\n-----END MEGOLM SESSION DATA-----"]) {
    await assert.rejects(decryptKeyExport(wrong, "p"), { code: "no-export" })
  }
})

test("the published vector of an export opens", async () => {
  const text = [
    "-----BEGIN MEGOLM SESSION DATA-----",
    "AXNhbHRzYWx0c2FsdHNhbHSIiIiIiIiIiIiIiIiIiIiIAAAACmIRUW2OjZ3L2l6j9h0lHlV3M2dx",
    "cissyYBxjsfsAndErh065A8=",
    "-----END MEGOLM SESSION DATA-----",
  ].join("\n")
  // It holds the word "plain" rather than sessions: that it is not JSON is only found out after the MAC was right.
  await assert.rejects(decryptKeyExport(text, "password"), { code: "no-export" })
  await assert.rejects(decryptKeyExport(text, "passwort"), { code: "wrong-passphrase" })
})

test("matrix-nio reads it, and is read", { skip: !hasPeer, timeout: 60_000 }, async () => {
  const peer = new Peer("identity/peer.py")
  try {
    const own = await encryptKeyExport(SESSIONS, "passphrase", 1_000)
    assert.deepEqual(JSON.parse(String((await peer.call("import", { text: own, passphrase: "passphrase" }))["text"])), SESSIONS)
    const other = await peer.call("export", { text: JSON.stringify(SESSIONS), passphrase: "passphrase" })
    assert.deepEqual(await decryptKeyExport(String(other["text"]), "passphrase"), SESSIONS)
  } finally {
    peer.end()
  }
})
