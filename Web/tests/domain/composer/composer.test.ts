import assert from "node:assert/strict"
import { test } from "node:test"
import { parseCommand } from "../../../source/domain/composer/commands"
import { completionAt, matchRank } from "../../../source/domain/composer/completion"
import { DraftStore } from "../../../source/domain/composer/DraftStore"
import { continuedLine, formatted, type Format } from "../../../source/domain/composer/formatting"
import { forwardedContent } from "../../../source/domain/composer/forwarded"
import { fitsIntoEvent } from "../../../source/domain/composer/messageSize"
import type { Settings } from "../../../source/matrix/contract/platform"
import type { TimelineEvent } from "../../../source/matrix/contract/timeline"

/** A text with `[` and `]` around what is selected. */
function selection(text: string) {
  const start = text.indexOf("[")
  const end = text.indexOf("]") - 1
  return { text: text.replace(/[[\]]/g, ""), start, end }
}
const shown = (one: { text: string; start: number; end: number }) => `${one.text.slice(0, one.start)}[${one.text.slice(one.start, one.end)}]${one.text.slice(one.end)}`
const apply = (text: string, format: Format) => shown(formatted(selection(text), format))

test("formats are put on and taken away", () => {
  assert.equal(apply("a [b] c", "bold"), "a **[b]** c")
  assert.equal(apply("a **[b]** c", "bold"), "a [b] c")
  assert.equal(apply("a [**b**] c", "bold"), "a [b] c")
  assert.equal(apply("a **[b]** c", "italic"), "a ***[b]*** c")
  assert.equal(apply("[ b ]", "code"), " `[b]` ")
  assert.equal(apply("[a\nb]", "code"), "```\n[a\nb]\n```")
  assert.equal(apply("x\n[a\nb]", "quote"), "x\n> [a\n> b]")
})

test("lists and quotes go on with the next line, and end with an empty one", () => {
  assert.equal(continuedLine({ text: "- a", start: 3, end: 3 })?.text, "- a\n- ")
  assert.equal(continuedLine({ text: "9. a", start: 4, end: 4 })?.text, "9. a\n10. ")
  assert.equal(continuedLine({ text: "- a\n- ", start: 6, end: 6 })?.text, "- a\n")
  assert.equal(continuedLine({ text: "a", start: 1, end: 1 }), undefined)
})

test("completion begins behind its mark, not within words or code", () => {
  const at = (text: string) => completionAt(text, text.length)
  assert.deepEqual(at("hi @an"), { kind: "person", start: 3, end: 6, text: "an" })
  assert.equal(at("hi @ana mar")?.text, "ana mar")
  assert.equal(at("hi @ana maria and"), undefined)
  assert.equal(at("mail ana@ex"), undefined)
  assert.equal(at("#gen")?.kind, "channel")
  assert.equal(at("10:30"), undefined)
  assert.equal(at("ok :sm")?.kind, "emoji")
  assert.equal(at("ok :s"), undefined)
  assert.equal(at("`:smi"), undefined)
  assert.equal(at("/to")?.kind, "command")
  assert.equal(at("/topic x"), undefined)
  assert.deepEqual([matchRank("Ana Maria", "ana"), matchRank("Ana Maria", "mar"), matchRank("Éva", "eva"), matchRank("Ben", "x")], [1, 2, 0, undefined])
})

test("commands are a slash and a word", () => {
  assert.deepEqual(parseCommand("/me  waves"), { name: "me", argument: "waves" })
  assert.deepEqual(parseCommand("/Topic a\nb"), { name: "topic", argument: "a\nb" })
  assert.equal(parseCommand("/usr/bin/env"), undefined)
  assert.equal(parseCommand("a /me"), undefined)
})

test("drafts are kept by room and thread, and come back", () => {
  const kept = new Map<string, string>()
  const settings: Settings = { get: (key) => kept.get(key), set: (key, value) => void (value === undefined ? kept.delete(key) : kept.set(key, value)), subscribe: () => () => undefined }
  const store = new DraftStore(settings, "d")
  let told = 0
  store.rooms.subscribe(() => { told += 1 })
  store.set("!a", undefined, { text: "x @Ana", mentions: [{ text: "@Ana", target: { kind: "user", userId: "@ana:x" } }], replyTo: "$1" })
  store.set("!a", "$t", { text: "thread", mentions: [], replyTo: undefined })
  store.set("!b", undefined, { text: "y", mentions: [], replyTo: undefined })
  store.set("!b", undefined, { text: "", mentions: [], replyTo: undefined })
  assert.deepEqual([...store.rooms.get()], ["!a"])
  assert.equal(store.rooms.get(), store.rooms.get())
  assert.equal(told, 4)
  store.save()
  const again = new DraftStore(settings, "d")
  assert.deepEqual(again.draft("!a"), { text: "x @Ana", mentions: [{ text: "@Ana", target: { kind: "user", userId: "@ana:x" } }], replyTo: "$1" })
  assert.equal(again.draft("!a", "$t").text, "thread")
  assert.equal(again.draft("!b").text, "")
  kept.set("d", "{not json")
  assert.equal(new DraftStore(settings, "d").draft("!a").text, "")
})

test("what is forwarded mentions nobody and answers nothing", () => {
  const event = { type: "m.room.message", content: { msgtype: "m.text", body: "x", "m.relates_to": { "m.in_reply_to": {} }, "m.mentions": { room: true } } } as unknown as TimelineEvent
  assert.deepEqual(forwardedContent(event).content, { msgtype: "m.text", body: "x", "m.mentions": {} })
})

test("what does not fit into an event is told beforehand", () => {
  assert.ok(fitsIntoEvent({ body: "x".repeat(50_000) }, false))
  assert.ok(!fitsIntoEvent({ body: "x".repeat(50_000) }, true))
  assert.ok(!fitsIntoEvent({ body: "ä".repeat(40_000) }, false))
})
