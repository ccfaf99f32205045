import assert from "node:assert/strict"
import { test } from "node:test"
import { asObject, asString, asStrings, member } from "../../../../source/matrix/base/read"
import type { MatrixEvent } from "../../../../source/matrix/contract/events"
import type { Session } from "../../../../source/matrix/contract/session"
import { hasPeer, Peer } from "../support/Peer"
import { homeserver, newPerson, openTab } from "../../support/live"

const options = { skip: homeserver === undefined || !hasPeer, timeout: 400_000 }

async function eventually<T>(what: string, look: () => Promise<T | undefined> | T | undefined, seconds = 20): Promise<T> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return assert.fail(`${what} did not come to pass`)
}

async function makeRoom(session: Session, invite: readonly string[]): Promise<string> {
  const id = await session.createRoom({
    preset: "private_chat", invite: [...invite],
    initial_state: [
      { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
      { type: "m.room.history_visibility", state_key: "", content: { history_visibility: "shared" } },
    ],
  })
  await session.waitForRoom(id)
  return id
}

async function say(session: Session, room: string, body: string): Promise<string> {
  const content = await session.encryption.encrypt(room, "m.room.message", { msgtype: "m.text", body })
  const answer = await session.api.put(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.encrypted/${crypto.randomUUID()}`, content)
  return asString(answer["event_id"]) ?? ""
}

async function readable(session: Session, room: string, id: string): Promise<string> {
  const raw = await session.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(id)}`)
  const { event, encryption } = await session.encryption.decrypt(room, raw as unknown as MatrixEvent)
  return event === undefined ? JSON.stringify(encryption) : asString(event.content["body"]) ?? ""
}

/** All events of a room as the server has them, the oldest first. */
async function history(session: Session, room: string): Promise<MatrixEvent[]> {
  const events: MatrixEvent[] = []
  let from: string | undefined
  for (;;) {
    const page = await session.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages`, { dir: "b", limit: 500, from })
    events.push(...((page["chunk"] ?? []) as unknown as MatrixEvent[]))
    from = asString(page["end"])
    if (from === undefined) return events.reverse()
  }
}

async function waitForMembers(session: Session, room: string, count: number) {
  await eventually(`${count} members`, async () => {
    const answer = await session.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(room)}/joined_members`)
    return Object.keys(asObject(answer["joined"]) ?? {}).length === count ? true : undefined
  })
}

test("two of us and matrix-nio, a thousand messages in all directions", options, async (context) => {
  const alice = await newPerson("alice")
  const bob = await newPerson("bob")
  const nio = new Peer("peer_nio.py", [homeserver ?? ""])
  try {
    const other = await nio.call("register", { username: `nio-${Date.now().toString(36)}` })
    const nioUser = asString(other["user"]) ?? ""
    const room = await makeRoom(alice.session, [bob.account.userId, nioUser])
    await bob.session.join(room)
    await bob.session.waitForRoom(room)
    await nio.call("join", { room })
    await waitForMembers(alice.session, room, 3)
    await eventually("everybody is known", async () => {
      for (const { session } of [alice, bob]) {
        const known = session.rooms.get().find((one) => one.id === room)
        if (known === undefined || (await session.encryption.devices(nioUser).get()).length === 0) return undefined
      }
      return true
    })
    const sent: { id: string; body: string }[] = []
    const started = Date.now()
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 17; count += 1) {
        for (const [name, { session }] of [["alice", alice], ["bob", bob]] as const) {
          const body = `${name} ${round}.${count}`
          sent.push({ id: await say(session, room, body), body })
        }
      }
      if (round % 5 === 4) await nio.call("rotate", { room })
      const texts = Array.from({ length: 16 }, (_, count) => `nio ${round}.${count}`)
      const ids = asStrings((await nio.call("say", { room, texts }))["events"])
      ids.forEach((id, index) => sent.push({ id, body: texts[index] ?? "" }))
      await nio.call("sync")
    }
    context.diagnostic(`${sent.length} messages sent in ${Date.now() - started} ms`)
    assert.ok(sent.length >= 1_000)
    for (const { session } of [alice, bob]) {
      const events = new Map((await history(session, room)).map((event) => [event.event_id, event]))
      const last = sent[sent.length - 1]
      await eventually("the last key", async () => ((await readable(session, room, last?.id ?? "")) === last?.body ? true : undefined))
      const problems: string[] = []
      const start = performance.now()
      for (const { id, body } of sent) {
        const event = events.get(id)
        const found = event === undefined ? undefined : await session.encryption.decrypt(room, event)
        if (found?.event?.content["body"] !== body) problems.push(`${body}: ${JSON.stringify(found?.encryption)}`)
      }
      context.diagnostic(`${Math.round((sent.length * 1_000) / (performance.now() - start))} decrypted a second`)
      assert.deepEqual(problems, [])
    }
    await nio.call("sync")
    const seen = asObject((await nio.call("read"))["events"]) ?? {}
    const ours = sent.filter(({ body }) => !body.startsWith("nio"))
    const unread = ours.filter(({ id, body }) => member(seen, id, "body") !== body)
    assert.deepEqual(unread.slice(0, 5), [])
    assert.equal(unread.length, 0)
  } finally {
    await nio.attempt("end")
    nio.end()
    await alice.session.stop()
    await bob.session.stop()
  }
})

test("over reloads, in two tabs, and keys for who comes later", options, async () => {
  const alice = await newPerson("alice")
  const bob = await newPerson("bob")
  const room = await makeRoom(alice.session, [bob.account.userId])
  await bob.session.join(room)
  await bob.session.waitForRoom(room)
  await waitForMembers(alice.session, room, 2)
  const tab = await openTab(alice.browser, alice.account)
  await tab.waitForRoom(room)
  const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => say(index % 2 === 0 ? alice.session : tab, room, `${index}`)))
  for (const [index, id] of ids.entries()) {
    await eventually(`message ${index}`, async () => ((await readable(bob.session, room, id)) === `${index}` ? true : undefined))
  }
  await bob.session.stop()
  const late = await say(tab, room, "while away")
  const again = await openTab(bob.browser, bob.account)
  await eventually("the message from while away", async () => ((await readable(again, room, late)) === "while away" ? true : undefined))
  assert.equal(await readable(again, room, ids[0] ?? ""), "0")
  await alice.session.stop()
  await tab.stop()
  await again.stop()
})

test("who is invited can read what was said before", options, async () => {
  const alice = await newPerson("alice")
  const bob = await newPerson("bob")
  const authenticate = async (stage: unknown) => ({ type: "m.login.dummy", session: asString(member(stage, "session")) ?? "" })
  await eventually("bob's encryption", () => (bob.session.encryption.setup.get().kind === "fresh" ? true : undefined))
  await bob.session.encryption.bootstrap({ authenticate })
  const id = await makeRoom(alice.session, [])
  const before = await say(alice.session, id, "before you came")
  const room = await alice.session.waitForRoom(id)
  await room.invite(bob.account.userId)
  await eventually("the invitation", () => bob.session.rooms.get().find((one) => one.id === id))
  await bob.session.join(id)
  await eventually("the old message", async () => ((await readable(bob.session, id, before)) === "before you came" ? true : undefined))
  const raw = await bob.session.api.get(`/_matrix/client/v3/rooms/${encodeURIComponent(id)}/event/${encodeURIComponent(before)}`)
  const { encryption } = await bob.session.encryption.decrypt(id, raw as unknown as MatrixEvent)
  assert.deepEqual(encryption, { kind: "decrypted", shield: "imported" })
  const after = await say(alice.session, id, "after")
  await eventually("the new message", async () => ((await readable(bob.session, id, after)) === "after" ? true : undefined))
  await alice.session.stop()
  await bob.session.stop()
})
