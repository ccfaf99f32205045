import assert from "node:assert/strict"
import { test } from "node:test"
import { asNumber, asString, asStrings } from "../../../../source/matrix/base/read"
import { OlmAccount } from "../../../../source/matrix/crypto/olm/OlmAccount"
import { OlmError } from "../../../../source/matrix/crypto/olm/OlmError"
import { OlmSession } from "../../../../source/matrix/crypto/olm/OlmSession"
import { fromBase64, toBase64 } from "../../../../source/matrix/crypto/primitives/base64"
import { fromUTF8, utf8 } from "../../../../source/matrix/crypto/primitives/bytes"
import { hasPeer, Peer } from "../support/Peer"
import { seededRandom } from "../support/random"

const bytesOf = (text: unknown) => fromBase64(asString(text) ?? "") ?? new Uint8Array()

/** Either side of an exchange: ours, or vodozemac's. */
interface Side {
  encrypt(text: string): Promise<{ type: 0 | 1; body: Uint8Array }>
  decrypt(message: { type: 0 | 1; body: Uint8Array }): Promise<string>
}

class OwnSide implements Side {
  session: OlmSession
  constructor(session: OlmSession) {
    this.session = session
  }
  async encrypt(text: string) {
    // A copy each time, as if it had been stored and read again.
    this.session = new OlmSession(structuredClone(this.session.state))
    return this.session.encrypt(utf8(text))
  }
  async decrypt(message: { type: 0 | 1; body: Uint8Array }) {
    this.session = new OlmSession(structuredClone(this.session.state))
    return fromUTF8(await this.session.decrypt(message)) ?? ""
  }
}

class PeerSide implements Side {
  constructor(private readonly peer: Peer, private readonly session: string) {}
  async encrypt(text: string) {
    const answer = await this.peer.call("encrypt", { session: this.session, text })
    return { type: asNumber(answer["type"]) === 0 ? 0 as const : 1 as const, body: bytesOf(answer["body"]) }
  }
  async decrypt(message: { type: 0 | 1; body: Uint8Array }) {
    return this.peer.member("decrypt", { session: this.session, type: message.type, body: toBase64(message.body) }, "plaintext")
  }
}

/** Sends in both directions; messages are delayed, come in another order, and some never. */
async function exchange(a: Side, b: Side, count: number, seed: number): Promise<number> {
  const random = seededRandom(seed)
  const underWay: { to: Side; text: string; message: { type: 0 | 1; body: Uint8Array }; sent: number }[] = []
  let arrived = 0
  const deliver = async () => {
    const [next] = underWay.splice(random() < 0.6 ? 0 : Math.floor(random() * underWay.length), 1)
    if (next === undefined || random() < 0.05) return
    assert.equal(await next.to.decrypt(next.message), next.text)
    arrived += 1
  }
  for (let sent = 0; sent < count; sent += 1) {
    const [from, to] = random() < 0.5 ? [a, b] : [b, a]
    const text = `message ${sent} ${"·".repeat(Math.floor(random() * 40))}`
    underWay.push({ to, text, message: await from.encrypt(text), sent })
    // Nothing is under way for longer than both sides keep keys.
    while (underWay.length > 12 || (underWay.length > 0 && sent - (underWay[0]?.sent ?? sent) > 16)) await deliver()
    if (random() < 0.5) await deliver()
  }
  while (underWay.length > 0) await deliver()
  return arrived
}

test("vodozemac begins, we answer", { skip: !hasPeer, timeout: 120_000 }, async () => {
  const peer = new Peer()
  try {
    const account = await OlmAccount.create()
    await account.fillOneTimeKeys(0)
    const theirs = await peer.call("account")
    const oneTimeKey = account.state.oneTimeKeys[3]
    assert.ok(oneTimeKey)
    const outbound = await peer.call("outbound", {
      account: theirs["account"] ?? "", identity: toBase64(account.identity.publicKey), key: toBase64(oneTimeKey.publicKey),
    })
    const other = new PeerSide(peer, asString(outbound["session"]) ?? "")
    const first = await other.encrypt("first")
    const second = await other.encrypt("second")
    assert.equal(first.type, 0)
    // The second one comes before the first.
    const { session, plaintext } = await account.inbound(second.body)
    assert.equal(fromUTF8(plaintext), "second")
    assert.equal(session.id, outbound["id"])
    const own = new OwnSide(session)
    assert.equal(await own.decrypt(first), "first")
    await assert.rejects(account.inbound(second.body), (error: unknown) => error instanceof OlmError && error.problem === "unknown-key")
    await assert.rejects(own.decrypt(first), (error: unknown) => error instanceof OlmError && error.problem === "unknown-message-key")
    assert.equal(await other.decrypt(await own.encrypt("answer")), "answer")
    assert.ok((await exchange(own, other, 1_500, 1)) > 1_300)
  } finally {
    peer.end()
  }
})

test("we begin, vodozemac answers", { skip: !hasPeer, timeout: 120_000 }, async () => {
  const peer = new Peer()
  try {
    const account = await OlmAccount.create()
    const theirs = await peer.call("account")
    const [key] = asStrings((await peer.call("one_time_keys", { account: theirs["account"] ?? "", count: 1 }))["keys"])
    const session = await account.outbound(bytesOf(theirs["curve25519"]), bytesOf(key))
    const own = new OwnSide(session)
    await own.encrypt("lost")
    const first = await own.encrypt("first")
    assert.equal(first.type, 0)
    const inbound = await peer.call("inbound", { account: theirs["account"] ?? "", identity: toBase64(account.identity.publicKey), body: toBase64(first.body) })
    assert.equal(inbound["plaintext"], "first")
    assert.equal(inbound["id"], session.id)
    const other = new PeerSide(peer, asString(inbound["session"]) ?? "")
    assert.equal(await own.decrypt(await other.encrypt("answer")), "answer")
    assert.equal((await own.encrypt("x")).type, 1)
    assert.ok((await exchange(own, other, 1_500, 2)) > 1_300)
  } finally {
    peer.end()
  }
})

test("signatures go both ways", { skip: !hasPeer, timeout: 60_000 }, async () => {
  const peer = new Peer()
  try {
    const account = await OlmAccount.create()
    await peer.call("verify", { key: account.signing.text, text: "text", signature: toBase64(await account.signing.sign(utf8("text"))) })
  } finally {
    peer.end()
  }
})

test("among ourselves: thousands of messages with loss and reordering", { timeout: 120_000 }, async () => {
  for (let seed = 10; seed < 14; seed += 1) {
    const alice = await OlmAccount.create()
    const bob = await OlmAccount.create()
    await bob.rotateFallback(0)
    const fallback = bob.state.fallback
    assert.ok(fallback)
    const session = await alice.outbound(bob.identity.publicKey, fallback.publicKey)
    const first = await session.encrypt(utf8("first"))
    const inbound = await bob.inbound(first.body)
    assert.ok((await exchange(new OwnSide(session), new OwnSide(inbound.session), 1_000, seed)) > 850)
    // Fallback keys stay until they are replaced and their time is over.
    await bob.inbound(first.body)
    await bob.rotateFallback(1_000)
    await bob.inbound(first.body)
    assert.ok(!bob.dropOldFallback(2_000))
    assert.ok(bob.dropOldFallback(1_000 + 25 * 3_600_000))
    await assert.rejects(bob.inbound(first.body))
  }
})

test("damaged messages are refused and change nothing", async () => {
  const alice = await OlmAccount.create()
  const bob = await OlmAccount.create()
  await bob.fillOneTimeKeys(0)
  const key = bob.state.oneTimeKeys[0]
  assert.ok(key)
  const session = await alice.outbound(bob.identity.publicKey, key.publicKey)
  const first = await session.encrypt(utf8("first"))
  for (let place = 0; place < first.body.length; place += 7) {
    const damaged = first.body.slice()
    damaged[place] = (damaged[place] ?? 0) ^ 0x10
    await assert.rejects(bob.inbound(damaged), (error: unknown) => error instanceof OlmError)
  }
  assert.equal(bob.state.oneTimeKeys.length, 50)
  const inbound = await bob.inbound(first.body)
  const message = await inbound.session.encrypt(utf8("answer"))
  const before = structuredClone(session.state)
  for (let place = 0; place < message.body.length; place += 1) {
    const damaged = message.body.slice()
    damaged[place] = (damaged[place] ?? 0) ^ 1
    await assert.rejects(session.decrypt({ type: 1, body: damaged }), (error: unknown) => error instanceof OlmError)
  }
  assert.deepEqual(session.state, before)
  assert.equal(fromUTF8(await session.decrypt(message)), "answer")
  await assert.rejects(alice.outbound(new Uint8Array(32), key.publicKey), (error: unknown) => error instanceof OlmError && error.problem === "degenerate-key")
})
