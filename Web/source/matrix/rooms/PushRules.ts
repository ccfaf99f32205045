import { asArray, asBoolean, asObject, asString, member } from "../base/read"
import type { JSONObject, JSONValue } from "../base/read"
import type { RoomID, UserID } from "../contract/events"

/** An event as the rules look at it: after decryption. */
export interface RuleEvent {
  readonly type: string
  readonly sender: UserID
  readonly stateKey: string | undefined
  readonly content: JSONObject
}

/** What the rules need to know of the room. */
export interface RuleRoom {
  readonly id: RoomID
  readonly joinedCount: number
  readonly myName: string | undefined
  mayNotify(sender: UserID, key: string): boolean
}

export interface RuleVerdict {
  readonly notifies: boolean
  readonly isHighlight: boolean
  readonly sound: string | undefined
}

interface Rule { readonly id: string; readonly isEnabled: boolean; readonly actions: readonly JSONValue[]; readonly conditions: readonly JSONValue[]; readonly pattern: string | undefined }

const kinds = ["override", "content", "room", "sender", "underride"] as const
// "must not match where the event has m.mentions": who is meant is then said there.
const textualMentions = new Set([".m.rule.contains_display_name", ".m.rule.contains_user_name", ".m.rule.roomnotif"])
const silent: RuleVerdict = { notifies: false, isHighlight: false, sound: undefined }

/** The account's push rules (spec "Push rules"), evaluated as the server evaluates them. */
export class PushRules {
  private readonly rules: { readonly [kind in typeof kinds[number]]: readonly Rule[] }
  private readonly byRoom = new Map<RoomID, "all" | "mentions" | "mute">()
  private readonly globs = new Map<string, RegExp>()

  constructor(content: JSONObject | undefined, private readonly me: UserID) {
    const global = asObject(content?.["global"])
    const read = (kind: string) => asArray(global?.[kind]).flatMap((value): Rule[] => {
      const rule = asObject(value)
      const id = asString(rule?.["rule_id"])
      if (rule === undefined || id === undefined) return []
      return [{ id, isEnabled: asBoolean(rule["enabled"]) ?? true, actions: asArray(rule["actions"]), conditions: asArray(rule["conditions"]), pattern: asString(rule["pattern"]) }]
    })
    this.rules = { override: read("override"), content: read("content"), room: read("room"), sender: read("sender"), underride: read("underride") }
    for (const rule of this.rules.room) if (rule.isEnabled) this.byRoom.set(rule.id, notifies(rule) ? "all" : "mentions")
    for (const rule of this.rules.override) {
      const room = rule.conditions.find((condition) => member(condition, "kind") === "event_match" && member(condition, "key") === "room_id")
      const pattern = asString(member(room, "pattern"))
      if (rule.isEnabled && pattern !== undefined && rule.conditions.length === 1 && !notifies(rule)) this.byRoom.set(pattern, "mute")
    }
  }

  /** How the room notifies by a rule of its own. */
  level(room: RoomID): "all" | "mentions" | "mute" | "default" {
    return this.byRoom.get(room) ?? "default"
  }

  /** What the first rule that matches says. */
  evaluate(event: RuleEvent, room: RuleRoom): RuleVerdict {
    if (event.sender === this.me) return silent
    for (const kind of kinds) {
      for (const rule of this.rules[kind]) {
        if (!rule.isEnabled || !this.matches(kind, rule, event, room)) continue
        return verdict(rule)
      }
    }
    return silent
  }

  private matches(kind: typeof kinds[number], rule: Rule, event: RuleEvent, room: RuleRoom): boolean {
    if (textualMentions.has(rule.id) && event.content["m.mentions"] !== undefined) return false
    if (kind === "room") return rule.id === room.id
    if (kind === "sender") return rule.id === event.sender
    if (kind === "content") return rule.pattern !== undefined && event.type === "m.room.message" && this.words(rule.pattern, event.content["body"])
    return rule.conditions.every((condition) => this.holds(asObject(condition) ?? {}, event, room))
  }

  private holds(condition: JSONObject, event: RuleEvent, room: RuleRoom): boolean {
    const key = asString(condition["key"]) ?? ""
    switch (condition["kind"]) {
      case "event_match": {
        const pattern = asString(condition["pattern"])
        const value = property(event, room, key)
        if (pattern === undefined || typeof value !== "string") return false
        return key === "content.body" ? this.words(pattern, value) : this.glob(`^${globSource(pattern)}$`).test(value)
      }
      case "event_property_is": {
        const value = property(event, room, key)
        return value !== undefined && (typeof value !== "object" || value === null) && value === condition["value"]
      }
      case "event_property_contains": {
        const value = property(event, room, key)
        const wanted = condition["value"]
        return Array.isArray(value) && wanted !== undefined && (typeof wanted !== "object" || wanted === null) && value.includes(wanted)
      }
      case "contains_display_name":
        return room.myName !== undefined && room.myName !== "" && this.words(literal(room.myName), event.content["body"])
      case "room_member_count": return comparesTo(room.joinedCount, asString(condition["is"]) ?? "")
      case "sender_notification_permission": return room.mayNotify(event.sender, key)
      default: return false
    }
  }

  /** Whether the glob stands in the text as a word of its own. */
  private words(pattern: string, text: unknown): boolean {
    return typeof text === "string" && this.glob(`(^|[^A-Za-z0-9_])${globSource(pattern)}($|[^A-Za-z0-9_])`).test(text)
  }

  private glob(source: string): RegExp {
    let made = this.globs.get(source)
    if (made === undefined) this.globs.set(source, (made = new RegExp(source, "is")))
    return made
  }
}

function notifies(rule: Rule): boolean {
  return rule.actions.some((action) => action === "notify" || action === "coalesce")
}

function verdict(rule: Rule): RuleVerdict {
  if (!notifies(rule)) return silent
  let isHighlight = false
  let sound: string | undefined
  for (const action of rule.actions) {
    const tweak = member(action, "set_tweak")
    if (tweak === "highlight") isHighlight = member(action, "value") !== false
    if (tweak === "sound") sound = asString(member(action, "value"))
  }
  return { notifies: true, isHighlight, sound }
}

/** `content.body`, with `\.` for a dot in a name. */
function property(event: RuleEvent, room: RuleRoom, key: string): JSONValue | undefined {
  const names: string[] = [""]
  for (let index = 0; index < key.length; index += 1) {
    const letter = key[index] ?? ""
    const next = key[index + 1]
    if (letter === "\\" && (next === "." || next === "\\")) {
      names[names.length - 1] += next
      index += 1
    } else if (letter === ".") names.push("")
    else names[names.length - 1] += letter
  }
  const [first, ...rest] = names
  switch (first) {
    case "type": return rest.length === 0 ? event.type : undefined
    case "sender": return event.sender
    case "room_id": return room.id
    case "state_key": return event.stateKey
    case "content": return member(event.content, ...rest)
    default: return undefined
  }
}

function literal(text: string): string {
  // A display name is no glob: its asterisks stand for themselves.
  return text.replace(/[*?\\]/g, (letter) => `\\${letter}`)
}

function globSource(pattern: string): string {
  let source = ""
  for (let index = 0; index < pattern.length; index += 1) {
    const letter = pattern[index] ?? ""
    if (letter === "\\" && /[*?\\]/.test(pattern[index + 1] ?? "")) {
      source += `\\${pattern[index + 1] ?? ""}`
      index += 1
    } else if (letter === "*") source += ".*"
    else if (letter === "?") source += "."
    else source += letter.replace(/[.+^${}()|[\]\\/-]/g, "\\$&")
  }
  return source
}

function comparesTo(count: number, is: string): boolean {
  const match = /^(==|<=|>=|<|>)?(\d+)$/.exec(is.trim())
  if (match === null) return false
  const wanted = Number(match[2])
  switch (match[1]) {
    case "<": return count < wanted
    case ">": return count > wanted
    case "<=": return count <= wanted
    case ">=": return count >= wanted
    default: return count === wanted
  }
}
