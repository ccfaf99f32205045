import assert from "node:assert/strict"
import { test } from "node:test"
import { decodeBlurhash, encodeBlurhash } from "../../../source/domain/timeline/blurhash"
import { fitMedia } from "../../../source/domain/timeline/fitMedia"
import { isMXC, readMediaFile } from "../../../source/domain/timeline/MediaFile"
import { messageContent, pollStartContent } from "../../../source/domain/timeline/MessageContent"
import { systemEvent } from "../../../source/domain/timeline/systemEvent"
import { resampled, waveformContent } from "../../../source/domain/timeline/waveform"
import type { JSONObject } from "../../../source/matrix/base/read"
import type { TimelineEvent } from "../../../source/matrix/contract/timeline"

function event(type: string, content: JSONObject, over: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    key: "k", id: "$k", sender: "@ana:x.example", timestamp: 0, type, stateKey: undefined, content, previousContent: undefined, edited: undefined, redacted: undefined, encryption: { kind: "none" },
    sending: { kind: "received" }, reactions: [], replyTo: undefined, threadRoot: undefined, thread: undefined, poll: undefined, mentionsMe: false, source: {}, ...over,
  }
}
const message = (content: JSONObject) => messageContent(event("m.room.message", content))

test("content that is not what it should be is unknown, not an error", () => {
  for (const content of [{}, { msgtype: 5 }, { msgtype: "m.text" }, { msgtype: "m.text", body: {} }, { msgtype: "m.image", body: "x" }, { msgtype: "m.image", body: "x", url: "https://evil.example" }, { msgtype: "m.location", geo_uri: "javascript:1" }] as JSONObject[]) {
    assert.equal(message(content).kind, "unknown")
  }
  assert.equal(messageContent(event("m.poll.start", { "m.poll": { question: 5 } })).kind, "unknown")
})

test("a body beside a file name is a caption", () => {
  const file = { msgtype: "m.image", url: "mxc://x.example/a", info: { w: 10, h: -3, size: "9" } }
  const named = message({ ...file, body: "a.png" })
  assert.ok(named.kind === "image" && named.caption === undefined && named.file.height === undefined && named.file.name === "a.png")
  const captioned = message({ ...file, body: "look", filename: "a.png" })
  assert.ok(captioned.kind === "image" && captioned.caption?.body === "look")
})

test("voice messages, galleries, places and polls", () => {
  const voice = message({ msgtype: "m.audio", body: "v", url: "mxc://x.example/a", "org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": { duration: 5000, waveform: [0, 512, 9999, "x"] } })
  assert.ok(voice.kind === "voice" && voice.file.durationMilliseconds === 5000)
  assert.deepEqual(voice.kind === "voice" ? voice.waveform : [], [0, 0.5, 1, 0])
  const gallery = message({ msgtype: "dm.filament.gallery", body: "two", itemtypes: [{ itemtype: "m.image", body: "a", url: "mxc://x.example/a" }, { itemtype: "m.image", body: "b" }] })
  assert.ok(gallery.kind === "gallery" && gallery.files.length === 1)
  assert.deepEqual(message({ msgtype: "m.location", body: "here", geo_uri: "geo:52.5,-13.4;u=30" }), { kind: "location", latitude: 52.5, longitude: -13.4, description: "here" })
  const poll = messageContent(event("org.matrix.msc3381.poll.start", pollStartContent({ question: "q", answers: ["a", "b"], isDisclosed: true, maximumSelections: 2 }, String)))
  assert.deepEqual(poll, { kind: "poll", poll: { question: "q", answers: [{ id: "0", text: "a" }, { id: "1", text: "b" }], isDisclosed: true, maximumSelections: 2 } })
})

test("only addresses of media are media", () => {
  assert.ok(isMXC("mxc://x.example:8448/AbC-_9"))
  for (const url of ["mxc://x.example/../../a", "mxc://x.example/a?b", "mxc://x.example/", "https://x.example/a", "mxc://x example/a"]) assert.ok(!isMXC(url), url)
  assert.equal(readMediaFile({ file: { url: "mxc://x.example/a" } }), undefined)
})

test("state says what changed", () => {
  const member = (content: JSONObject, previousContent?: JSONObject, sender = "@ana:x.example") => systemEvent(event("m.room.member", content, { stateKey: "@ana:x.example", previousContent, sender }))
  assert.deepEqual(member({ membership: "join" }), { kind: "membership", change: "joined", user: "@ana:x.example", by: "@ana:x.example", reason: undefined })
  const kicked = member({ membership: "leave", reason: "spam" }, { membership: "join" }, "@ben:x.example")
  assert.ok(kicked?.kind === "membership" && kicked.change === "kicked" && kicked.reason === "spam")
  assert.deepEqual(member({ membership: "join", displayname: "B" }, { membership: "join", displayname: "A" }), { kind: "display-name", user: "@ana:x.example", before: "A", after: "B" })
  assert.equal(member({ membership: "join", displayname: "A" }, { membership: "join", displayname: "A" }), undefined)
  const pinned = systemEvent(event("m.room.pinned_events", { pinned: ["$1", "$2"] }, { stateKey: "", previousContent: { pinned: ["$1"] } }))
  assert.deepEqual(pinned, { kind: "pinned", by: "@ana:x.example", count: 1 })
})

test("blurhash: a known picture, there and back, and nonsense", () => {
  const pixels = decodeBlurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 32, 32)
  assert.ok(pixels !== undefined)
  const sum = [0, 1, 2].map((channel) => pixels.reduce((total, value, at) => (at % 4 === channel ? total + value : total), 0) / 1024)
  // The average colour stands in the hash itself: HV6n is 0x88938d or near it.
  sum.forEach((value) => assert.ok(value > 90 && value < 190, String(value)))
  const again = decodeBlurhash(encodeBlurhash(pixels, 32, 32), 32, 32)
  assert.ok(again !== undefined)
  const difference = again.reduce((total, value, at) => total + Math.abs(value - (pixels[at] ?? 0)), 0) / again.length
  assert.ok(difference < 6, String(difference))
  for (const bad of ["", "LEHV6n", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "é".repeat(28), "~".repeat(200)]) assert.equal(decodeBlurhash(bad, 8, 8), undefined)
})

test("pictures fit their box and waveforms their bars", () => {
  assert.deepEqual(fitMedia(4000, 2000, { width: 400, height: 300 }), { width: 400, height: 200 })
  assert.deepEqual(fitMedia(20, 9000, { width: 400, height: 300 }), { width: 48, height: 300 })
  assert.deepEqual(resampled([0, 1], 4), [0, 0, 1, 1])
  assert.deepEqual(resampled([], 2), [0, 0])
  assert.deepEqual(waveformContent([0, 0.5, 1]), [0, 512, 1024])
})
