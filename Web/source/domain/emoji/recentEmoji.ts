import { asArray, asNumber, asObject, asString, type JSONObject } from "../../matrix/base/read"

/** Account data with the emoji used last (spec, "Recently used emoji"). */
export const recentEmojiType = "m.recent_emoji"
const maximumLength = 100

/** An emoji, or the mxc:// of a custom one, and how often it was used. */
export interface RecentEmoji {
  readonly emoji: string
  readonly total: number
}

/** The emoji used last, the newest first. */
export function readRecentEmoji(content: JSONObject | undefined): readonly RecentEmoji[] {
  return asArray(content?.recent_emoji).flatMap((entry) => {
    const emoji = asString(asObject(entry)?.emoji)
    const total = asNumber(asObject(entry)?.total)
    return emoji === undefined || emoji === "" || total === undefined || total < 0 ? [] : [{ emoji, total }]
  })
}

/** Those to offer: what was used often lately comes first. */
export function favouriteEmoji(content: JSONObject | undefined, limit: number): readonly string[] {
  const entries = readRecentEmoji(content).map((entry, index) => ({ emoji: entry.emoji, score: entry.total / (1 + index / 8) , index }))
  entries.sort((a, b) => b.score - a.score || a.index - b.index)
  return entries.slice(0, limit).map((entry) => entry.emoji)
}

/** The account data after an emoji was used; entries of others that we cannot read are kept, malformed ones are dropped. */
export function withUsedEmoji(content: JSONObject | undefined, emoji: string): JSONObject {
  const entries = asArray(content?.recent_emoji).filter((entry) => {
    const total = asNumber(asObject(entry)?.total)
    return total !== undefined && total >= 0 && asObject(entry)?.emoji !== undefined
  })
  const before = entries.find((entry) => asObject(entry)?.emoji === emoji)
  const total = Math.min((asNumber(asObject(before)?.total) ?? 0) + 1, Number.MAX_SAFE_INTEGER)
  const rest = entries.filter((entry) => entry !== before)
  return { ...content, recent_emoji: [{ ...asObject(before), emoji, total }, ...rest].slice(0, maximumLength) }
}
