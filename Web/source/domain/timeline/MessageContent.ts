import { asArray, asNumber, asObject, asString, asStrings, type JSONObject } from "../../matrix/base/read"
import type { TimelineEvent } from "../../matrix/contract/timeline"
import { captionOf, htmlOf, readMediaFile, type MediaFile } from "./MediaFile"

export interface Caption { readonly body: string; readonly html: string | undefined }

/** What a message is, read from untrusted content. */
export type MessageContent =
  | { readonly kind: "text"; readonly style: "text" | "notice" | "emote"; readonly body: string; readonly html: string | undefined }
  | { readonly kind: "image" | "sticker" | "video" | "audio" | "file"; readonly file: MediaFile; readonly caption: Caption | undefined }
  /** `waveform`: loudness from 0 to 1. */
  | { readonly kind: "voice"; readonly file: MediaFile; readonly waveform: readonly number[]; readonly caption: Caption | undefined }
  | { readonly kind: "gallery"; readonly files: readonly MediaFile[]; readonly caption: Caption | undefined }
  | { readonly kind: "location"; readonly latitude: number; readonly longitude: number; readonly description: string }
  | { readonly kind: "poll"; readonly poll: PollContent }
  | { readonly kind: "verification"; readonly to: string | undefined }
  | { readonly kind: "redacted" }
  | { readonly kind: "undecryptable" }
  /** A kind this client does not know; `body` is its fallback. */
  | { readonly kind: "unknown"; readonly body: string | undefined }

export interface PollContent {
  readonly question: string
  readonly answers: readonly { readonly id: string; readonly text: string }[]
  readonly isDisclosed: boolean
  readonly maximumSelections: number
}

const cache = new WeakMap<TimelineEvent, MessageContent>()

/** What an event's message is. Kept with the event. */
export function messageContent(event: TimelineEvent): MessageContent {
  const kept = cache.get(event)
  if (kept !== undefined) return kept
  const read = readEvent(event)
  cache.set(event, read)
  return read
}

/** Types of events that are messages of people. */
export function isMessageType(type: string): boolean {
  return type === "m.room.message" || type === "m.room.encrypted" || type === "m.sticker" || isPollStart(type)
}

export function isPollStart(type: string): boolean {
  return type === "m.poll.start" || type === "org.matrix.msc3381.poll.start"
}

function readEvent(event: TimelineEvent): MessageContent {
  if (event.redacted !== undefined) return { kind: "redacted" }
  if (event.encryption.kind === "undecryptable" || event.type === "m.room.encrypted") return { kind: "undecryptable" }
  const content = event.content
  if (isPollStart(event.type)) {
    const poll = readPoll(content)
    return poll === undefined ? { kind: "unknown", body: asString(content["body"]) } : { kind: "poll", poll }
  }
  if (event.type === "m.sticker") return fileContent("sticker", content)
  return readMessage(content)
}

function readMessage(content: JSONObject): MessageContent {
  const body = asString(content["body"])
  switch (content["msgtype"]) {
    case "m.text":
    case "m.notice":
    case "m.emote":
      if (body === undefined) return { kind: "unknown", body: undefined }
      return { kind: "text", style: content["msgtype"] === "m.text" ? "text" : content["msgtype"] === "m.notice" ? "notice" : "emote", body, html: htmlOf(content) }
    case "m.image":
      return fileContent("image", content)
    case "m.video":
      return fileContent("video", content)
    case "m.file":
      return fileContent("file", content)
    case "m.audio":
      return asObject(content["org.matrix.msc3245.voice"]) !== undefined || asObject(content["m.voice"]) !== undefined ? voiceContent(content) : fileContent("audio", content)
    case "dm.filament.gallery":
    case "m.gallery":
      return galleryContent(content)
    case "m.location":
      return locationContent(content)
    case "m.key.verification.request":
      return { kind: "verification", to: asString(content["to"]) }
    default:
      return { kind: "unknown", body }
  }
}

function fileContent(kind: "image" | "sticker" | "video" | "audio" | "file", content: JSONObject): MessageContent {
  const file = readMediaFile(content)
  if (file === undefined) return { kind: "unknown", body: asString(content["body"]) }
  return { kind, file, caption: kind === "sticker" ? undefined : captionOf(content) }
}

function voiceContent(content: JSONObject): MessageContent {
  const file = readMediaFile(content)
  if (file === undefined) return { kind: "unknown", body: asString(content["body"]) }
  const audio = asObject(content["org.matrix.msc1767.audio"]) ?? asObject(content["m.audio_details"])
  const waveform = asArray(audio?.["waveform"]).slice(0, 1024).map((value) => Math.min(1, Math.max(0, (asNumber(value) ?? 0) / 1024)))
  return { kind: "voice", file, waveform, caption: captionOf(content) }
}

const maximumGalleryItems = 60

function galleryContent(content: JSONObject): MessageContent {
  const files = asArray(content["itemtypes"]).slice(0, maximumGalleryItems)
    .map((item) => readMediaFile(asObject(item) ?? {})).filter((file): file is MediaFile => file !== undefined)
  const body = asString(content["body"])
  if (files.length === 0) return { kind: "unknown", body }
  return { kind: "gallery", files, caption: body === undefined || body === "" ? undefined : { body, html: htmlOf(content) } }
}

function locationContent(content: JSONObject): MessageContent {
  const body = asString(content["body"]) ?? ""
  const address = asString(content["geo_uri"]) ?? asString(asObject(content["org.matrix.msc3488.location"])?.["uri"]) ?? ""
  const found = /^geo:(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)/.exec(address)
  if (found === null) return { kind: "unknown", body }
  return {
    kind: "location", latitude: Number(found[1]), longitude: Number(found[2]),
    description: asString(asObject(content["org.matrix.msc3488.location"])?.["description"]) ?? body,
  }
}

function readPoll(content: JSONObject): PollContent | undefined {
  const poll = asObject(content["m.poll"]) ?? asObject(content["m.poll.start"]) ?? asObject(content["org.matrix.msc3381.poll.start"])
  const question = extensibleText(poll?.["question"])
  if (poll === undefined || question === undefined) return undefined
  const answers = asArray(poll["answers"]).slice(0, 20).flatMap((answer) => {
    const object = asObject(answer)
    const id = asString(object?.["m.id"]) ?? asString(object?.["id"])
    const text = extensibleText(object)
    return id === undefined || text === undefined ? [] : [{ id, text }]
  })
  const kind = asString(poll["kind"]) ?? ""
  return {
    question, answers, isDisclosed: kind === "m.disclosed" || kind === "org.matrix.msc3381.poll.disclosed",
    maximumSelections: Math.min(20, Math.max(1, Math.floor(asNumber(poll["max_selections"]) ?? 1))),
  }
}

function extensibleText(value: unknown): string | undefined {
  const object = asObject(value)
  if (object === undefined) return undefined
  const unstable = asString(object["org.matrix.msc1767.text"]) ?? asString(object["body"])
  if (unstable !== undefined) return unstable
  const stable = asArray(object["m.text"] ?? object["org.matrix.msc1767.text"])
  return stable.map((one) => asString(asObject(one)?.["body"])).find((text) => text !== undefined) ?? asStrings(stable)[0]
}

/** The content of a poll's start, as clients of today read it. */
export function pollStartContent(poll: { question: string; answers: readonly string[]; isDisclosed: boolean; maximumSelections: number }, id: (index: number) => string): JSONObject {
  const text = (body: string): JSONObject => ({ "org.matrix.msc1767.text": body })
  return {
    "org.matrix.msc1767.text": [poll.question, ...poll.answers.map((answer, index) => `${index + 1}. ${answer}`)].join("\n"),
    "org.matrix.msc3381.poll.start": {
      question: { ...text(poll.question), body: poll.question, msgtype: "m.text" },
      kind: poll.isDisclosed ? "org.matrix.msc3381.poll.disclosed" : "org.matrix.msc3381.poll.undisclosed",
      max_selections: poll.maximumSelections,
      answers: poll.answers.map((answer, index) => ({ id: id(index), ...text(answer) })),
    },
  }
}
