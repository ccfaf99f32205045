import type { TimelineEvent } from "../../../source/matrix/contract/timeline"

/** A message as a timeline has it. */
export function event(part: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    key: "$e", id: "$e", sender: "@ana:x", timestamp: 1, type: "m.room.message", stateKey: undefined, content: { msgtype: "m.text", body: "Hello" },
    previousContent: undefined, edited: undefined, redacted: undefined, encryption: { kind: "none" }, sending: { kind: "received" }, reactions: [], replyTo: undefined,
    threadRoot: undefined, thread: undefined, poll: undefined, mentionsMe: false, source: {}, ...part,
  }
}
