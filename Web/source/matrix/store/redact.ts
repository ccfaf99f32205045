import type { JSONObject, JSONValue } from "../base/read"
import { asObject } from "../base/read"
import type { MatrixEvent } from "../contract/events"

/** What a redaction leaves of the content, by type (room versions differ in details that do not show). */
const kept: { readonly [type: string]: readonly string[] } = {
  "m.room.member": ["membership", "join_authorised_via_users_server"],
  "m.room.join_rules": ["join_rule", "allow"],
  "m.room.power_levels": ["ban", "events", "events_default", "invite", "kick", "redact", "state_default", "users", "users_default"],
  "m.room.history_visibility": ["history_visibility"],
}

/** The event as it is once it was redacted. */
export function redact(event: MatrixEvent, because: MatrixEvent): MatrixEvent {
  const content: JSONObject = {}
  if (event.type === "m.room.create") Object.assign(content, event.content)
  for (const key of kept[event.type] ?? []) {
    const value = event.content[key]
    if (value !== undefined) content[key] = value
  }
  const unsigned: JSONObject = { ...event.unsigned, redacted_because: because as unknown as JSONValue }
  delete unsigned["m.relations"]
  return { ...event, content, unsigned }
}

/** The redaction of an event that is redacted. */
export function redactionOf(event: MatrixEvent): JSONObject | undefined {
  return asObject(event.unsigned?.["redacted_because"])
}
