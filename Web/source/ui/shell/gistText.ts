import type { Gist } from "../../domain/notifications/gist"
import { t } from "../language/t"

/** A gist in words. */
export function gistText(gist: Gist): string {
  switch (gist.kind) {
    case "text":
    case "emote":
      return gist.text
    case "image":
    case "video":
    case "audio":
    case "voice":
      return gist.text === "" ? t(`shell.gist.${gist.kind}`) : gist.text
    case "file":
    case "poll":
    case "reaction":
      return t(`shell.gist.${gist.kind}`, { text: gist.text })
    case "sticker":
    case "location":
    case "redacted":
    case "undecryptable":
    case "other":
      return t(`shell.gist.${gist.kind}`)
  }
}
