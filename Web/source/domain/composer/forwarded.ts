import { asObject, type JSONObject } from "../../matrix/base/read"
import type { TimelineEvent } from "../../matrix/contract/timeline"

/** What a message becomes when it is sent to another room: its own words and files, nobody's mentions, no tie to where it was. */
export function forwardedContent(event: TimelineEvent): { readonly type: string; readonly content: JSONObject } {
  const content: JSONObject = { ...event.content }
  delete content["m.relates_to"]
  delete content["m.new_content"]
  content["m.mentions"] = {}
  if (typeof content["formatted_body"] === "string") content["formatted_body"] = content["formatted_body"].replace(/^<mx-reply>[^]*?<\/mx-reply>/, "")
  return { type: event.type, content }
}

/** Whether a message has a file that is not encrypted: into an encrypted room it would go as it is. */
export function hasPlainFile(event: TimelineEvent): boolean {
  return typeof event.content["url"] === "string" && asObject(event.content["file"]) === undefined
}
