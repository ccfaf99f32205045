import assert from "node:assert/strict"
import test from "node:test"
import { ClientSettings } from "../../../source/domain/settings/ClientSettings"
import { Value } from "../../../source/matrix/base/observable"
import type { JSONObject } from "../../../source/matrix/base/read"
import type { Settings } from "../../../source/matrix/contract/platform"
import type { Session } from "../../../source/matrix/contract/session"

class MemorySettings implements Settings {
  readonly values = new Map<string, string>()
  private readonly listeners = new Set<() => void>()
  get(key: string) {
    return this.values.get(key)
  }
  set(key: string, value: string | undefined) {
    if (value === undefined) this.values.delete(key)
    else this.values.set(key, value)
  }
  subscribe(listener: () => void) {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }
  changeElsewhere(key: string, value: string) {
    this.values.set(key, value)
    for (const listener of this.listeners) listener()
  }
}

function account(initial: JSONObject | undefined, write: (content: JSONObject) => Promise<void> = async () => undefined) {
  const data = new Value<JSONObject | undefined>(initial)
  const session = {
    accountData: () => data,
    async setAccountData(_type: string, content: JSONObject) {
      await write(content)
      data.set(content)
    },
  }
  // Only what settings use of a session.
  return { data, session: session as unknown as Session }
}

test("values that are not of a setting are the usual ones", () => {
  const settings = new MemorySettings()
  settings.values.set("setting:theme", "\"plaid\"")
  settings.values.set("setting:fontScale", "99")
  settings.values.set("setting:density", "{broken")
  const { session } = account({ preferences: { readReceipts: 5, typingNotices: false, quietHours: { from: -1, to: 3 } } })
  const client = new ClientSettings(settings, session)
  assert.equal(client.get("theme"), "system")
  assert.equal(client.get("fontScale"), 1.5)
  assert.equal(client.get("density"), "cosy")
  assert.equal(client.get("readReceipts"), "public")
  assert.equal(client.get("typingNotices"), false)
  assert.equal(client.get("quietHours").isOn, false)
})

test("a setting of the device is there at once for all that share its place", async () => {
  const settings = new MemorySettings()
  const first = new ClientSettings(settings, undefined)
  const second = new ClientSettings(settings, undefined)
  let told = 0
  second.observe("theme").subscribe(() => {
    told += 1
  })
  await first.set("theme", "dark")
  assert.equal(second.get("theme"), "dark")
  assert.equal(told, 1)
})

test("another tab's change is told", () => {
  const settings = new MemorySettings()
  const client = new ClientSettings(settings, undefined)
  let told = 0
  client.observe("accent").subscribe(() => {
    told += 1
  })
  settings.changeElsewhere("setting:accent", "\"moss\"")
  assert.equal(client.get("accent"), "moss")
  assert.equal(told, 1)
})

test("a setting of the account counts before it is written, and keeps what else is in the account data", async () => {
  let written: JSONObject | undefined
  const { session, data } = account({ drafts: { a: 1 }, preferences: { autoplay: false, unknown: 7 } }, async (content) => {
    written = content
  })
  const client = new ClientSettings(new MemorySettings(), session)
  const done = client.set("linkPreviews", false)
  assert.equal(client.get("linkPreviews"), false)
  await done
  assert.deepEqual(written, { drafts: { a: 1 }, preferences: { autoplay: false, unknown: 7, linkPreviews: false } })
  assert.equal(client.get("linkPreviews"), false)
  data.set({ preferences: { linkPreviews: true } })
  assert.equal(client.get("linkPreviews"), true)
})

test("quick changes are written in order and none is lost", async () => {
  const writes: JSONObject[] = []
  const { session } = account(undefined, async (content) => {
    await new Promise((resolve) => setTimeout(resolve, 0))
    writes.push(content)
  })
  const client = new ClientSettings(new MemorySettings(), session)
  await Promise.all([client.set("typingNotices", false), client.set("autoplay", false), client.set("typingNotices", true)])
  assert.deepEqual(writes[writes.length - 1], { preferences: { typingNotices: true, autoplay: false } })
})

test("a setting that could not be written is taken back and reported", async () => {
  const { session } = account(undefined, async () => {
    throw new Error("offline")
  })
  const failed: string[] = []
  const client = new ClientSettings(new MemorySettings(), session, (key) => failed.push(key))
  await client.set("autoplay", false)
  assert.equal(client.get("autoplay"), true)
  assert.deepEqual(failed, ["autoplay"])
})
