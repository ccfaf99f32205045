import assert from "node:assert/strict"
import { test } from "node:test"
import { Layout } from "../../../source/domain/rooms/Layout"

function settings(kept = new Map<string, string>()) {
  return { kept, get: (key: string) => kept.get(key), set: (key: string, value: string | undefined) => { if (value === undefined) kept.delete(key); else kept.set(key, value) }, subscribe: () => () => undefined }
}

test("the layout is kept and read again", () => {
  const store = settings()
  const layout = new Layout(store, "@a:x")
  layout.setCollapsed("!s:x", "talk", true)
  layout.opened("!one:x", "!s:x")
  layout.opened("!two:x", undefined)
  layout.opened("!one:x", "!s:x")
  const again = new Layout(store, "@a:x")
  assert(again.isCollapsed("!s:x", "talk"))
  assert.deepEqual(again.state.get().recents, ["!one:x", "!two:x"])
  assert.equal(again.state.get().lastRooms["!s:x"], "!one:x")
  again.setCollapsed("!s:x", "talk", false)
  assert(!again.isCollapsed("!s:x", "talk"))
})

test("what is broken in the settings is left out", () => {
  for (const text of ["", "{", "[]", '{"collapsed": 5, "panelWidth": 1e9, "recents": [1, "!a:x"], "lastRooms": {"!s:x": 3}}']) {
    const layout = new Layout(settings(new Map([["layout:@a:x", text]])), "@a:x")
    assert(layout.state.get().panelWidth <= 720)
    assert.deepEqual(layout.state.get().lastRooms, {})
  }
})
