import assert from "node:assert/strict"
import test from "node:test"
import { asObject, member } from "../../../../source/matrix/base/read"
import { decryptFile, encryptFile } from "../../../../source/matrix/crypto/files/attachments"
import { fromBase64, toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { hasPeer, Peer } from "../support/Peer"

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer())
const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 9)) & 0xff)

test("a file comes back, and its description has the specified shape", async () => {
  const data = pattern(100_001)
  const { blob, file } = await encryptFile(new Blob([data]))
  assert.equal(blob.size, data.length)
  assert.deepEqual({ ...asObject(file["key"]), k: "" }, { alg: "A256CTR", ext: true, k: "", key_ops: ["encrypt", "decrypt"], kty: "oct" })
  assert.match(String(member(file, "key", "k")), /^[A-Za-z0-9_-]{43}$/)
  assert.deepEqual([...fromBase64(String(file["iv"]))?.subarray(8) ?? []], Array(8).fill(0))
  assert.deepEqual(await bytesOf(await decryptFile(blob, file)), data)
})

test("an empty file and one of many pieces come back", async () => {
  for (const length of [0, 8 * 1024 * 1024, 20 * 1024 * 1024 + 5]) {
    const data = pattern(length)
    const { blob, file } = await encryptFile(new Blob([data]))
    const back = await bytesOf(await decryptFile(blob, file))
    assert.equal(back.length, length)
    assert(toBase64(back.subarray(-64)) === toBase64(data.subarray(-64)) && back.every((byte, index) => byte === data[index]))
  }
})

test("a changed byte, or a missing hash, gives nothing", async () => {
  const { blob, file } = await encryptFile(new Blob([pattern(500)]))
  const changed = await bytesOf(blob)
  changed[250] = (changed[250] ?? 0) ^ 1
  await assert.rejects(decryptFile(new Blob([changed]), file), { code: "hash-mismatch" })
  await assert.rejects(decryptFile(blob, { ...file, hashes: {} }), { code: "unsupported" })
  await assert.rejects(decryptFile(blob, { ...file, v: "v9" }), { code: "unsupported" })
  await assert.rejects(decryptFile(blob, {}), { code: "unsupported" })
})

test("matrix-nio reads it, and is read", { skip: !hasPeer, timeout: 60_000 }, async () => {
  const peer = new Peer("identity/peer.py")
  try {
    const data = pattern(4_099)
    const own = await encryptFile(new Blob([data]))
    const read = await peer.call("decrypt-file", { data: toBase64(await bytesOf(own.blob)), file: own.file })
    assert.equal(read["data"], toBase64(data))
    const other = await peer.call("encrypt-file", { data: toBase64(data) })
    const blob = new Blob([fromBase64(String(other["data"])) ?? new Uint8Array()])
    assert.deepEqual(await bytesOf(await decryptFile(blob, asObject(other["file"]) ?? {})), data)
  } finally {
    peer.end()
  }
})
