import { CommandError, parseCommand, runCommand } from "../../../domain/composer/commands"
import { fitsIntoEvent } from "../../../domain/composer/messageSize"
import { composeMessage, composeText, type ComposeContext } from "../../../domain/markdown/composeMessage"
import type { Mention } from "../../../domain/markdown/nodes"
import { asObject, asStrings, type JSONObject } from "../../../matrix/base/read"
import { MatrixError } from "../../../matrix/contract/session"
import type { SendOptions } from "../../../matrix/contract/room"
import type { TimelineEvent } from "../../../matrix/contract/timeline"
import type { EmojiChoice } from "../../../domain/emoji/completeEmoji"
import { useSession } from "../../bridge/contexts"
import { confirm } from "../../design"
import { usePacks } from "../../emoji/usePacks"
import { t, type TextKey } from "../../language/t"
import { navigate } from "../../navigation/useRoute"
import { DeleteDialog } from "../actions/DeleteDialog"
import { useChat } from "../ChatContext"
import { outgoingFile, type Attachment } from "./attachments"
import type { Recording } from "./VoiceRecorder"

/** Rooms with more people than this are asked about before all of them are notified. */
const largeRoom = 15

/** Turns what is in the composer into messages; each answers whether it was taken. */
export function useSender({ mentions, replyTo, replyPings, onError }: { mentions: readonly Mention[]; replyTo: TimelineEvent | undefined; replyPings: boolean; onError: (text: string) => void }) {
  const session = useSession()
  const { room, thread } = useChat()
  const packs = usePacks(room)
  const context: ComposeContext = {
    mentions, canNotifyRoom: room.permissions.get().canNotifyRoom, ownUserId: session.userId,
    emoji: (shortcode) => {
      for (const pack of packs) {
        const image = pack.images.find((one) => one.shortcode === shortcode && one.usage.includes("emoticon"))
        if (image !== undefined) return { shortcode, url: image.url }
      }
      return undefined
    },
  }
  const options: SendOptions = { ...(replyTo?.id === undefined ? {} : { replyTo: replyTo.id }), ...(thread === undefined ? {} : { threadRoot: thread }) }

  /** Who is answered is mentioned, unless that was switched off. */
  const withReplyMention = (content: JSONObject): JSONObject => {
    if (replyTo === undefined || !replyPings || replyTo.sender === session.userId) return content
    const given = asObject(content["m.mentions"]) ?? {}
    return { ...content, "m.mentions": { ...given, user_ids: [...new Set([...asStrings(given["user_ids"]), replyTo.sender])] } }
  }

  const isAllowed = async (content: JSONObject): Promise<boolean> => {
    const summary = room.summary.get()
    if (!fitsIntoEvent(content, summary.isEncrypted)) {
      onError(t("chat.composer.tooLong"))
      return false
    }
    if (asObject(content["m.mentions"])?.["room"] !== true || summary.joinedCount < largeRoom) return true
    return confirm({ title: t("chat.composer.everyoneTitle"), text: t("chat.composer.everyoneText", { count: summary.joinedCount }), action: t("chat.composer.everyoneAction") })
  }

  return {
    context,

    async send(text: string, attachments: readonly Attachment[]): Promise<boolean> {
      // Two slashes begin a message with one.
      const source = text.startsWith("//") ? text.slice(1) : text
      const isCaption = attachments.length === 1 && source.trim() !== ""
      if (source.trim() !== "" && !isCaption) {
        const content = withReplyMention(composeMessage(source, context))
        if (!(await isAllowed(content))) return false
        room.send("m.room.message", content, options)
      }
      const isEncrypted = room.summary.get().isEncrypted
      for (const attachment of attachments) {
        const file = await outgoingFile(attachment, isEncrypted)
        const caption = isCaption ? composeText(source, context) : undefined
        const msgtype = attachment.kind === "image" ? "m.image" : attachment.kind === "video" ? "m.video" : attachment.kind === "audio" ? "m.audio" : "m.file"
        const content: JSONObject = {
          msgtype, body: caption?.body ?? file.name, filename: file.name, "m.mentions": caption?.mentions ?? {},
          ...(caption?.formattedBody === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: caption.formattedBody }),
          ...(attachment.isSpoiler ? { "page.codeberg.everypizza.msc4193.spoiler": true } : {}),
        }
        const isFirst = attachment === attachments[0] && (isCaption || source.trim() === "")
        room.sendFile(file, isFirst ? withReplyMention(content) : content, isFirst ? options : thread === undefined ? {} : { threadRoot: thread })
      }
      return true
    },

    async edit(event: TimelineEvent, text: string): Promise<boolean> {
      if (event.id === undefined) return false
      const emote = /^\/me\s+([^]+)$/.exec(text)?.[1]
      const content = emote === undefined ? composeMessage(text, context, event.content["msgtype"] === "m.notice" ? "m.notice" : "m.text") : composeMessage(emote, context, "m.emote")
      if (!(await isAllowed(content))) return false
      if (content["body"] !== event.content["body"] || content["formatted_body"] !== event.content["formatted_body"] || content["msgtype"] !== event.content["msgtype"]) room.edit(event.id, content)
      return true
    },

    async command(text: string): Promise<boolean> {
      const parsed = parseCommand(text)
      if (parsed === undefined) return false
      try {
        await runCommand(parsed.name, parsed.argument, {
          session, room, compose: context, send: (content) => void room.send("m.room.message", withReplyMention(content), options),
          show: (id) => navigate({ kind: "room", room: id, space: undefined, event: undefined, thread: undefined }),
        })
        return true
      } catch (error) {
        onError(commandError(error))
        return false
      }
    },

    voice(recording: Recording) {
      room.sendFile({ blob: recording.blob, name: `${t("chat.voice.label")}.${recording.mimeType === "audio/ogg" ? "ogg" : recording.mimeType === "audio/mp4" ? "m4a" : "webm"}`, mimeType: recording.mimeType, info: { duration: recording.durationMilliseconds } }, {
        msgtype: "m.audio", body: t("chat.voice.label"), "m.mentions": {}, "org.matrix.msc3245.voice": {},
        "org.matrix.msc1767.audio": { duration: recording.durationMilliseconds, waveform: [...recording.waveform] },
      }, options)
    },

    poll(content: JSONObject) {
      room.send("org.matrix.msc3381.poll.start", content, options)
    },

    sticker(choice: Extract<EmojiChoice, { kind: "image" }>) {
      const { image } = choice
      room.send("m.sticker", { body: image.body === "" ? image.shortcode : image.body, url: image.url, info: image.info }, options)
    },

    deletion: (event: TimelineEvent, close: () => void) => <DeleteDialog ids={event.id === undefined ? [] : [event.id]} areOwn onClose={close} />,
  }
}

function commandError(error: unknown): string {
  if (error instanceof CommandError) return t(`chat.command.error.${error.kind}` as TextKey, { command: `/${error.command}` })
  if (error instanceof MatrixError) return error.code === "M_FORBIDDEN" ? t("chat.command.error.forbidden") : t("chat.command.error.server", { message: error.message })
  return t("chat.command.error.failed")
}
