import { forwardRef, useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from "react"
import { parseCommand } from "../../../domain/composer/commands"
import { draftsOf, emptyDraft, type Draft } from "../../../domain/composer/DraftStore"
import { continuedLine, formatted, type Format } from "../../../domain/composer/formatting"
import { fromHTML, mentionsIn } from "../../../domain/markdown/fromHTML"
import type { Mention } from "../../../domain/markdown/nodes"
import { toMarkdown } from "../../../domain/markdown/toMarkdown"
import { htmlOf } from "../../../domain/timeline/MediaFile"
import { messageContent } from "../../../domain/timeline/MessageContent"
import { asString } from "../../../matrix/base/read"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import { usePlatform, useSession } from "../../bridge/contexts"
import { useObservable } from "../../bridge/useObservable"
import { IconButton, matchesHotkey, Menu, MenuItem, showToast } from "../../design"
import { t } from "../../language/t"
import { useChat } from "../ChatContext"
import { summaryName } from "../actions/ForwardDialog"
import { useChatSettings } from "../useChatSettings"
import { AttachmentTray } from "./AttachmentTray"
import { attachmentOf, releaseAttachment, type Attachment } from "./attachments"
import { CompletionList } from "./CompletionList"
import { ComposerBanner } from "./ComposerBanner"
import { applySelection, replaceRange } from "./editText"
import { EmojiButton } from "./EmojiButton"
import { FormatBar } from "./FormatBar"
import { PollDialog } from "./PollDialog"
import { Preview } from "./Preview"
import { useCompletions, type Completion } from "./useCompletions"
import { useSender } from "./useSender"
import { canRecord, VoiceRecorder } from "./VoiceRecorder"
import "./composer.css"

export interface ComposerHandle {
  reply(event: TimelineEvent): void
  edit(event: TimelineEvent): void
  attach(files: readonly File[]): void
  focus(): void
}

const formatKeys: readonly (readonly [string, Format])[] = [
  ["mod+b", "bold"], ["mod+i", "italic"], ["mod+e", "code"], ["mod+shift+x", "strikethrough"], ["mod+shift+s", "spoiler"], ["mod+shift+k", "link"], ["mod+shift+9", "quote"], ["mod+shift+8", "list"],
]
const typingMilliseconds = 4000
const maximumFiles = 20

/** Where messages are written. */
export const Composer = forwardRef<ComposerHandle, { lastOwn: () => TimelineEvent | undefined; findEvent: (id: string) => TimelineEvent | undefined }>(function Composer({ lastOwn, findEvent }, ref) {
  const session = useSession()
  const platform = usePlatform()
  const chat = useChat()
  const { room, thread } = chat
  const settings = useChatSettings()
  const summary = useObservable(room.summary)
  const drafts = draftsOf(session, platform.settings)
  const [draft, setDraftState] = useState<Draft>(() => drafts.draft(room.id, thread))
  const [editing, setEditing] = useState<TimelineEvent>()
  const [replyPings, setReplyPings] = useState(true)
  const [attachments, setAttachments] = useState<readonly Attachment[]>([])
  const [limit, setLimit] = useState<number>()
  const [caret, setCaret] = useState(0)
  const [selection, setSelection] = useState(0)
  const [isFocused, setFocused] = useState(false)
  const [active, setActive] = useState(0)
  const [dismissed, setDismissed] = useState<string>()
  const [error, setError] = useState<string>()
  const [isRecording, setRecording] = useState(false)
  const [hasPreview, setPreview] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const id = useId()
  const typingAt = useRef(0)
  const before = useRef<Draft>(emptyDraft)
  const isCoarse = window.matchMedia("(pointer: coarse)").matches

  const setDraft = useCallback((next: Draft) => {
    setDraftState(next)
    // What is being edited is no draft: the one from before comes back after it.
    if (editing === undefined) drafts.set(room.id, thread, next)
  }, [drafts, room, thread, editing])

  useEffect(() => () => {
    drafts.save()
    if (typingAt.current !== 0) room.setTyping(false)
  }, [drafts, room])
  useEffect(() => {
    const leave = () => drafts.save()
    window.addEventListener("pagehide", leave)
    return () => window.removeEventListener("pagehide", leave)
  }, [drafts])
  useEffect(() => {
    if (attachments.length > 0 && limit === undefined) void session.media.limit().then(setLimit, () => undefined)
  }, [attachments, limit, session])

  // Grows with its text.
  useLayoutEffect(() => {
    const element = area.current
    if (element === null) return
    element.style.height = "auto"
    element.style.height = `${Math.min(element.scrollHeight, window.innerHeight * 0.4)}px`
  }, [draft.text, isRecording])

  const replyTo = draft.replyTo
  const { query, choices } = useCompletions(draft.text, caret, room, isFocused && selection === 0)
  const queryKey = query === undefined ? undefined : `${query.kind}:${query.start}`
  const shown = queryKey !== undefined && queryKey !== dismissed ? choices : []
  useEffect(() => setActive(0), [queryKey, query?.text])
  useEffect(() => setDismissed(undefined), [queryKey])

  const sender = useSender({ mentions: draft.mentions, replyTo: replyTo === undefined ? undefined : findEvent(replyTo), replyPings, onError: setError })

  const stopTyping = () => {
    if (typingAt.current !== 0) room.setTyping(false)
    typingAt.current = 0
  }
  const noteTyping = (text: string) => {
    if (!settings.sendsTyping || editing !== undefined || thread !== undefined || text.startsWith("/")) return
    if (text === "") return stopTyping()
    if (Date.now() - typingAt.current < typingMilliseconds) return
    typingAt.current = Date.now()
    room.setTyping(true)
  }

  const startEdit = useCallback((event: TimelineEvent) => {
    const content = messageContent(event)
    if (content.kind !== "text" || event.id === undefined) return
    const html = htmlOf(event.content)
    const blocks = html === undefined ? undefined : fromHTML(html)
    if (editing === undefined) before.current = draft
    setEditing(event)
    const text = (content.style === "emote" ? "/me " : "") + (blocks === undefined ? asString(event.content["body"]) ?? "" : toMarkdown(blocks))
    setDraftState({ text, mentions: blocks === undefined ? [] : mentionsIn(blocks), replyTo: undefined })
    requestAnimationFrame(() => {
      area.current?.focus()
      area.current?.setSelectionRange(text.length, text.length)
    })
  }, [draft, editing])

  const endEdit = () => {
    setEditing(undefined)
    setDraftState(before.current)
    setError(undefined)
  }

  const attach = useCallback((files: readonly File[]) => {
    if (files.length === 0) return
    setAttachments((list) => {
      const room = maximumFiles - list.length
      if (files.length > room) showToast({ text: t("chat.attach.tooMany", { count: maximumFiles }) })
      return [...list, ...files.slice(0, Math.max(0, room)).map(attachmentOf)]
    })
    area.current?.focus()
  }, [])

  useImperativeHandle(ref, () => ({
    reply(event) {
      if (event.id === undefined) return
      if (editing !== undefined) setEditing(undefined)
      const next = { ...(editing === undefined ? draft : before.current), replyTo: event.id }
      setDraftState(next)
      drafts.set(room.id, thread, next)
      setReplyPings(true)
      requestAnimationFrame(() => area.current?.focus())
    },
    edit: startEdit,
    attach,
    focus: () => area.current?.focus(),
  }))

  const clear = () => {
    attachments.forEach(releaseAttachment)
    setAttachments([])
    setError(undefined)
    stopTyping()
    if (editing !== undefined) return endEdit()
    setDraftState(emptyDraft)
    drafts.set(room.id, thread, emptyDraft)
  }

  const submit = async () => {
    const text = draft.text
    if (text.trim() === "" && attachments.length === 0) {
      // An edit that leaves nothing is a wish to delete.
      if (editing !== undefined) chat.show((close) => sender.deletion(editing, close))
      return
    }
    if (attachments.some((one) => limit !== undefined && one.file.size > limit)) return setError(t("chat.attach.removeLarge"))
    const isCommand = attachments.length === 0 && parseCommand(text) !== undefined && !text.startsWith("//")
    const sent = editing !== undefined ? await sender.edit(editing, text) : isCommand ? await sender.command(text) : await sender.send(text, attachments)
    if (sent) clear()
  }

  const change = (text: string) => {
    // Mentions whose text is gone are forgotten.
    const mentions = draft.mentions.filter((mention) => text.includes(mention.text))
    setDraft({ ...draft, text, mentions: mentions.length === draft.mentions.length ? draft.mentions : mentions })
    if (error !== undefined) setError(undefined)
    noteTyping(text)
  }

  const choose = (choice: Completion) => {
    const element = area.current
    if (element === null || query === undefined) return
    const mention: Mention | undefined = choice.mention
    replaceRange(element, query.start, query.end, choice.insert)
    setCaret(element.selectionStart)
    setDraftState((now) => {
      const next = { ...now, text: element.value, mentions: mention === undefined ? now.mentions : [...now.mentions.filter((one) => one.text !== mention.text), mention] }
      if (editing === undefined) drafts.set(room.id, thread, next)
      return next
    })
  }

  const insert = (text: string) => {
    const element = area.current
    if (element === null) return
    replaceRange(element, element.selectionStart, element.selectionEnd, text)
  }

  const format = (kind: Format) => {
    const element = area.current
    if (element === null) return
    applySelection(element, formatted({ text: element.value, start: element.selectionStart, end: element.selectionEnd }, kind))
    noteSelection()
  }

  const noteSelection = () => {
    const element = area.current
    if (element === null) return
    setCaret(element.selectionStart)
    setSelection(element.selectionEnd - element.selectionStart)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Keys belong to the input method while it composes.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (shown.length > 0) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault()
        return setActive((active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length)
      }
      const choice = shown[active]
      if ((event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) && choice !== undefined && !(query?.kind === "command" && event.key === "Enter" && choice.label === draft.text.trim())) {
        event.preventDefault()
        return choose(choice)
      }
      if (event.key === "Escape") {
        event.preventDefault()
        return setDismissed(queryKey)
      }
    }
    for (const [keys, kind] of formatKeys) {
      if (matchesHotkey(event.nativeEvent, keys)) {
        event.preventDefault()
        return format(kind)
      }
    }
    if (event.key === "Enter") return onEnter(event)
    if (event.key === "Escape" && (editing !== undefined || replyTo !== undefined)) {
      event.preventDefault()
      return editing !== undefined ? endEdit() : setDraft({ ...draft, replyTo: undefined })
    }
    if (event.key === "ArrowUp" && draft.text === "" && editing === undefined && !event.shiftKey) {
      const own = lastOwn()
      if (own === undefined) return
      event.preventDefault()
      startEdit(own)
    }
  }

  const onEnter = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const element = event.currentTarget
    const isSendKey = settings.sendsOnEnter ? !event.shiftKey && !isCoarse : event.ctrlKey || event.metaKey
    const isInFence = (element.value.slice(0, element.selectionStart).match(/^ {0,3}```/gm) ?? []).length % 2 === 1
    if (isSendKey && (!isInFence || event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void submit()
      return
    }
    if (event.shiftKey || !settings.sendsOnEnter || isCoarse) {
      const next = continuedLine({ text: element.value, start: element.selectionStart, end: element.selectionEnd })
      if (next === undefined) return
      event.preventDefault()
      applySelection(element, next)
    }
  }

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const files = [...event.clipboardData.files]
    const text = event.clipboardData.getData("text/plain")
    // Office programs put a picture beside the text; then the text is meant.
    if (files.length > 0 && text === "") {
      event.preventDefault()
      return attach(files)
    }
    const element = event.currentTarget
    const chosen = element.value.slice(element.selectionStart, element.selectionEnd)
    if (/^https?:\/\/\S+$/.test(text.trim()) && chosen !== "" && !/\n|^https?:/.test(chosen)) {
      event.preventDefault()
      replaceRange(element, element.selectionStart, element.selectionEnd, `[${chosen}](${text.trim()})`)
    }
  }

  const name = summaryName(summary)
  const placeholder = thread !== undefined ? t("chat.composer.thread") : summary.isEncrypted ? t("chat.composer.encrypted", { name }) : t("chat.composer.message", { name })
  if (!chat.canWrite) return <div className="composer composer-closed"><p>{t("chat.composer.closed")}</p></div>
  return (
    <div className="composer" data-editing={editing !== undefined || undefined}>
      {shown.length > 0 && <CompletionList id={`${id}-list`} choices={shown} active={Math.min(active, shown.length - 1)} onChoose={choose} onHover={setActive} />}
      {editing !== undefined ? <ComposerBanner kind="edit" event={editing} onClose={endEdit} /> : replyTo !== undefined && (
        <ComposerBanner kind="reply" event={findEvent(replyTo)} pings={replyPings} onPings={setReplyPings} onClose={() => setDraft({ ...draft, replyTo: undefined })} />
      )}
      {attachments.length > 0 && <AttachmentTray attachments={attachments} limit={limit} onChange={(next) => setAttachments(attachments.map((one) => (one.id === next.id ? next : one)))} onRemove={(gone) => {
        releaseAttachment(gone)
        setAttachments(attachments.filter((one) => one !== gone))
      }} />}
      {hasPreview && draft.text.trim() !== "" && <Preview text={draft.text} context={sender.context} />}
      {isRecording ? (
        <VoiceRecorder onCancel={() => setRecording(false)} onError={() => {
          setRecording(false)
          setError(t("chat.voice.noMicrophone"))
        }} onDone={(recording) => {
          setRecording(false)
          sender.voice(recording)
          setDraft({ ...draft, replyTo: undefined })
        }} />
      ) : (
        <div className="composer-box">
          <Menu label={t("chat.composer.add")} placement="top-start" trigger={<IconButton icon="plus-circle" label={t("chat.composer.add")} />}>
            <MenuItem icon="upload" onSelect={() => picker.current?.click()}>{t("chat.composer.upload")}</MenuItem>
            {thread === undefined && <MenuItem icon="poll" onSelect={() => chat.show((close) => <PollDialog onClose={close} onSend={sender.poll} />)}>{t("chat.poll.new")}</MenuItem>}
            <MenuItem icon="eye" onSelect={() => setPreview(!hasPreview)}>{hasPreview ? t("chat.composer.hidePreview") : t("chat.composer.showPreview")}</MenuItem>
          </Menu>
          <input ref={picker} type="file" multiple hidden onChange={(event) => {
            attach([...(event.target.files ?? [])])
            event.target.value = ""
          }} />
          <div className="composer-field">
            {isFocused && selection > 0 && <FormatBar onFormat={format} />}
            <textarea
              ref={area} className="composer-input" rows={1} value={draft.text} placeholder={placeholder} aria-label={placeholder} dir="auto" spellCheck
              aria-autocomplete="list" aria-controls={shown.length > 0 ? `${id}-list` : undefined} aria-activedescendant={shown.length > 0 ? `${id}-list-${Math.min(active, shown.length - 1)}` : undefined}
              onChange={(event) => {
                change(event.target.value)
                setCaret(event.target.selectionStart)
                setSelection(0)
              }}
              onSelect={noteSelection} onKeyDown={onKeyDown} onPaste={onPaste} onFocus={() => setFocused(true)} onBlur={() => {
                setFocused(false)
                stopTyping()
              }}
            />
          </div>
          <EmojiButton room={room} onEmoji={insert} onSticker={sender.sticker} onClosed={() => area.current?.focus()} />
          {draft.text.trim() === "" && attachments.length === 0 && editing === undefined && canRecord()
            ? <IconButton icon="mic" label={t("chat.voice.record")} onClick={() => setRecording(true)} />
            : <IconButton icon="send" variant="primary" className="composer-send" label={editing === undefined ? t("chat.composer.send") : t("common.save")} onClick={() => void submit()} />}
        </div>
      )}
      {error !== undefined && <p className="composer-error" role="alert">{error}</p>}
    </div>
  )
})
