import { useEffect, useMemo, useState } from "react"
import { completionAt, matchRank, type CompletionQuery } from "../../../domain/composer/completion"
import { commands } from "../../../domain/composer/commands"
import { completeEmoji, type EmojiChoice } from "../../../domain/emoji/completeEmoji"
import type { EmojiTable } from "../../../domain/emoji/EmojiTable"
import type { Mention } from "../../../domain/markdown/nodes"
import { spacesOf } from "../../../domain/packs/availablePacks"
import { memberName, serverName } from "../../../domain/rooms/roomName"
import { communityRoles } from "../../../domain/roles/applyRoles"
import { rolesOf } from "../../../domain/roles/Role"
import type { Room } from "../../../matrix/contract/room"
import type { Session } from "../../../matrix/contract/session"
import { emojiTable } from "../../emoji/useEmojiTable"
import { usePacks, useRecentEmoji } from "../../emoji/usePacks"
import { useSession } from "../../bridge/contexts"
import { t, type TextKey } from "../../language/t"
import { summaryName } from "../actions/ForwardDialog"

/** Something that a completion offers. */
export interface Completion {
  readonly key: string
  readonly label: string
  readonly detail: string | undefined
  /** What is put into the text. */
  readonly insert: string
  readonly mention: Mention | undefined
  readonly look: { readonly kind: "person" | "channel"; readonly id: string; readonly avatar: string | undefined } | { readonly kind: "emoji"; readonly choice: EmojiChoice } | { readonly kind: "sign"; readonly sign: "at" | "users" | "bolt" }
}

const limit = 10
const largeRoom = 5000

/** What completes the text at the caret, and for which part of it. */
export function useCompletions(text: string, caret: number, room: Room, isOn: boolean): { query: CompletionQuery | undefined; choices: readonly Completion[] } {
  const session = useSession()
  const packs = usePacks(room)
  const recent = useRecentEmoji(60)
  const [table, setTable] = useState<EmojiTable>()
  const [memberCount, setMemberCount] = useState(0)
  const query = useMemo(() => (isOn ? completionAt(text, caret) : undefined), [text, caret, isOn])
  const kind = query?.kind
  useEffect(() => {
    if (kind === "emoji") void emojiTable().then(setTable, () => undefined)
    if (kind === "person" && !room.areMembersLoaded.get()) void room.loadMembers().catch(() => undefined)
  }, [kind, room])
  useEffect(() => {
    if (kind !== "person") return
    return room.members.subscribe(() => setMemberCount(room.members.get().length))
  }, [kind, room])
  const choices = useMemo(() => {
    void memberCount
    if (query === undefined) return []
    switch (query.kind) {
      case "command":
        return commandChoices(query.text, room)
      case "person":
        return personChoices(query.text, room, session)
      case "channel":
        return channelChoices(query.text, room, session)
      case "emoji":
        return completeEmoji(query.text, { table, packs, recent, tone: 0 }, limit).map((choice): Completion => ({
          key: choice.kind === "image" ? choice.image.url : choice.characters, label: `:${choice.kind === "image" ? choice.image.shortcode : choice.shortcode}:`,
          detail: choice.kind === "image" ? choice.packName : choice.name, insert: choice.kind === "image" ? `:${choice.image.shortcode}: ` : `${choice.characters} `, mention: undefined, look: { kind: "emoji", choice },
        }))
    }
  }, [query, room, session, table, packs, recent, memberCount])
  return { query, choices }
}

function commandChoices(text: string, room: Room): Completion[] {
  return commands.filter((command) => command.name.startsWith(text.toLowerCase()) && command.isAllowed(room)).map((command) => ({
    key: command.name, label: `/${command.name}`, detail: t(`chat.command.${command.name}` as TextKey), insert: `/${command.name} `, mention: undefined, look: { kind: "sign", sign: "bolt" },
  }))
}

function personChoices(text: string, room: Room, session: Session): Completion[] {
  const found: { choice: Completion; rank: number }[] = []
  const members = room.members.get()
  const names = new Map<string, number>()
  for (const member of members.slice(0, largeRoom)) names.set(memberName(member), (names.get(memberName(member)) ?? 0) + 1)
  for (const member of members) {
    if (member.membership !== "join" && member.membership !== "invite") continue
    const name = memberName(member)
    const rank = Math.min(matchRank(name, text) ?? 9, matchRank(member.userId.slice(1), text) ?? 9)
    if (rank === 9 || member.userId === session.userId) continue
    const isUnique = names.get(name) === 1 && !/[\n:]/.test(name)
    // Two people of one name can only be told apart by their addresses.
    const mention: Mention = { text: isUnique ? `@${name}` : member.userId, target: { kind: "user", userId: member.userId } }
    found.push({ rank, choice: { key: member.userId, label: name, detail: member.userId, insert: `${mention.text} `, mention, look: { kind: "person", id: member.userId, avatar: member.avatar } } })
    if (found.length > 400) break
  }
  for (const space of spacesOf(session, room).slice(0, 1)) {
    const roles = communityRoles(space)
    for (const role of roles.table.roles) {
      const rank = role.isMentionable ? matchRank(role.name, text) : undefined
      if (rank === undefined) continue
      const userIds = [...roles.members].filter(([, content]) => rolesOf(roles.table, content).some((one) => one.id === role.id)).map(([userId]) => userId)
      found.push({ rank: rank + 0.5, choice: { key: `role:${role.id}`, label: `@${role.name}`, detail: t("chat.complete.role", { count: userIds.length }), insert: `@${role.name} `, mention: { text: `@${role.name}`, target: { kind: "role", userIds } }, look: { kind: "sign", sign: "users" } } })
    }
  }
  const everyone = matchRank("room", text)
  if (everyone !== undefined && room.permissions.get().canNotifyRoom) {
    found.push({ rank: everyone + 0.6, choice: { key: "@room", label: "@room", detail: t("chat.complete.everyone"), insert: "@room ", mention: undefined, look: { kind: "sign", sign: "at" } } })
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, limit).map((one) => one.choice)
}

function channelChoices(text: string, current: Room, session: Session): Completion[] {
  const near = new Set(spacesOf(session, current).flatMap((space) => [...space.stateOf("m.space.child").get().keys()]))
  const found: { choice: Completion; rank: number }[] = []
  for (const room of session.rooms.get()) {
    if (room.membership !== "join" || room.type === "m.space" || room.isDirect) continue
    const name = summaryName(room)
    const rank = Math.min(matchRank(name, text) ?? 9, matchRank(room.alias?.slice(1) ?? "", text) ?? 9)
    if (rank === 9) continue
    const mention: Mention = { text: `#${name.replace(/\n/g, " ")}`, target: { kind: "room", room: room.alias ?? room.id, via: room.alias === undefined ? [serverName(session.userId)] : [] } }
    found.push({ rank: rank + (near.has(room.id) ? 0 : 0.5), choice: { key: room.id, label: name, detail: room.alias, insert: `${mention.text} `, mention, look: { kind: "channel", id: room.id, avatar: room.avatar } } })
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, limit).map((one) => one.choice)
}
