import { useSyncExternalStore } from "react"
import { asObject } from "../../matrix/base/read"
import { MartletType } from "../../matrix/contract/events"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"

/** What people chose about conversations, in the account's settings. */
export interface ChatSettings {
  readonly previews: boolean
  readonly previewsInEncrypted: boolean
  readonly sendsOnEnter: boolean
  readonly sendsTyping: boolean
  readonly hidesMembership: boolean
  readonly showsReceipts: boolean
}

/** The settings of conversations with what counts where nothing was chosen. */
export function useChatSettings(): ChatSettings {
  const session = useSession()
  const settings = asObject(useObservable(session.accountData(MartletType.settings))) ?? {}
  const on = (key: string, usual: boolean) => (typeof settings[key] === "boolean" ? settings[key] === true : usual)
  return {
    previews: on("linkPreviews", true), previewsInEncrypted: on("linkPreviewsEncrypted", false), sendsOnEnter: on("enterSends", true),
    sendsTyping: on("sendTyping", true), hidesMembership: !on("showMembership", true), showsReceipts: on("showReceipts", true),
  }
}

/** The time, told anew each minute. */
export function useMinute(): number {
  return useSyncExternalStore((listener) => {
    const timer = setInterval(listener, 30_000)
    return () => clearInterval(timer)
  }, () => Math.floor(Date.now() / 60_000))
}
