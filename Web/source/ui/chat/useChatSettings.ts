import { useSyncExternalStore } from "react"
import { useSetting } from "../bridge/useSetting"

/** What people chose about conversations. */
export interface ChatSettings {
  readonly previews: boolean
  readonly previewsInEncrypted: boolean
  readonly sendsOnEnter: boolean
  readonly sendsTyping: boolean
  readonly showsMembership: boolean
  readonly showsProfileChanges: boolean
  readonly hasLargeEmoji: boolean
  /** Pictures that move do so by themselves. */
  readonly autoplays: boolean
}

/** The settings of conversations. */
export function useChatSettings(): ChatSettings {
  const [previews] = useSetting("linkPreviews")
  const [previewsInEncrypted] = useSetting("linkPreviewsInEncrypted")
  const [sendWith] = useSetting("sendWith")
  const [sendsTyping] = useSetting("typingNotices")
  const [showsMembership] = useSetting("showsMembership")
  const [showsProfileChanges] = useSetting("showsProfileChanges")
  const [hasLargeEmoji] = useSetting("largeEmoji")
  const [autoplays] = useSetting("autoplay")
  return { previews, previewsInEncrypted, sendsOnEnter: sendWith === "enter", sendsTyping, showsMembership, showsProfileChanges, hasLargeEmoji, autoplays }
}

/** The time in minutes, told anew as it goes on. */
export function useMinute(): number {
  return useSyncExternalStore((listener) => {
    const timer = setInterval(listener, 30_000)
    return () => clearInterval(timer)
  }, () => Math.floor(Date.now() / 60_000))
}
