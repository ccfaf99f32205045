import { asObject, type JSONObject } from "../../matrix/base/read"
import type { Room } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { composeMessage, plainMessage, spoilerMessage, type ComposeContext } from "../markdown/composeMessage"

/** What a command works with. */
export interface CommandContext {
  readonly session: Session
  readonly room: Room
  readonly compose: ComposeContext
  /** Sends content where the composer would. */
  readonly send: (content: JSONObject) => void
  /** Shows a room. */
  readonly show: (room: string) => void
}

export type CommandName =
  | "me" | "shrug" | "tableflip" | "plain" | "spoiler" | "topic" | "roomname" | "nick" | "roomnick" | "invite" | "kick" | "ban" | "unban" | "join" | "leave"

/** A command that a message may begin with. */
export interface Command {
  readonly name: CommandName
  /** What it wants after its name; the first is needed where `needs` says so. */
  readonly wants: "text" | "user" | "user-and-reason" | "room" | "reason-and-text" | "nothing"
  readonly needs: boolean
  isAllowed(room: Room): boolean
  run(argument: string, context: CommandContext): Promise<void>
}

/** A command was used in a way it does not understand. */
export class CommandError extends Error {
  override readonly name = "CommandError"
  constructor(readonly kind: "needs-argument" | "not-a-user" | "unknown" | "not-allowed", readonly command: string) {
    super(kind)
  }
}

const always = () => true

export const commands: readonly Command[] = [
  {
    name: "me", wants: "text", needs: true, isAllowed: always,
    run: async (argument, context) => context.send(composeMessage(argument, context.compose, "m.emote")),
  },
  {
    name: "shrug", wants: "text", needs: false, isAllowed: always,
    run: async (argument, context) => context.send(plainMessage(`${argument} ¯\\_(ツ)_/¯`.trim())),
  },
  {
    name: "tableflip", wants: "text", needs: false, isAllowed: always,
    run: async (argument, context) => context.send(plainMessage(`${argument} (╯°□°)╯︵ ┻━┻`.trim())),
  },
  { name: "plain", wants: "text", needs: true, isAllowed: always, run: async (argument, context) => context.send(plainMessage(argument)) },
  {
    name: "spoiler", wants: "reason-and-text", needs: true, isAllowed: always,
    run: async (argument, context) => {
      const bar = /^([^|\n]{1,200})\|([^]+)$/.exec(argument)
      context.send(spoilerMessage(bar?.[2] ?? argument, bar?.[1]?.trim(), context.compose))
    },
  },
  {
    name: "topic", wants: "text", needs: true, isAllowed: (room) => room.permissions.get().canSendState("m.room.topic"),
    run: async (argument, { room }) => {
      await room.setState("m.room.topic", "", { topic: argument })
    },
  },
  {
    name: "roomname", wants: "text", needs: true, isAllowed: (room) => room.permissions.get().canSendState("m.room.name"),
    run: async (argument, { room }) => {
      await room.setState("m.room.name", "", { name: argument })
    },
  },
  { name: "nick", wants: "text", needs: true, isAllowed: always, run: (argument, { session }) => session.setProfileField("displayname", argument) },
  {
    name: "roomnick", wants: "text", needs: true, isAllowed: always,
    run: async (argument, { session, room }) => {
      const current = asObject(room.stateOf("m.room.member").get().get(session.userId)?.content)
      const member = room.member(session.userId).get()
      await room.setState("m.room.member", session.userId, {
        ...(current ?? (member.avatar === undefined ? {} : { avatar_url: member.avatar })), membership: "join", displayname: argument,
      })
    },
  },
  {
    name: "invite", wants: "user-and-reason", needs: true, isAllowed: (room) => room.permissions.get().canInvite,
    run: (argument, { room }) => room.invite(...userAndReason("invite", argument)),
  },
  {
    name: "kick", wants: "user-and-reason", needs: true, isAllowed: (room) => room.permissions.get().canKick,
    run: (argument, { room }) => room.kick(...userAndReason("kick", argument)),
  },
  {
    name: "ban", wants: "user-and-reason", needs: true, isAllowed: (room) => room.permissions.get().canBan,
    run: (argument, { room }) => room.ban(...userAndReason("ban", argument)),
  },
  {
    name: "unban", wants: "user", needs: true, isAllowed: (room) => room.permissions.get().canBan,
    run: (argument, { room }) => room.unban(userAndReason("unban", argument)[0]),
  },
  {
    name: "join", wants: "room", needs: true, isAllowed: always,
    run: async (argument, context) => context.show(await context.session.join(argument.split(/\s/)[0] ?? argument)),
  },
  { name: "leave", wants: "nothing", needs: false, isAllowed: always, run: (_argument, { room }) => room.leave() },
]

/** The command that a text is, or undefined. Two slashes begin a message that starts with one. */
export function parseCommand(text: string): { readonly name: string; readonly argument: string } | undefined {
  const found = /^\/([a-zA-Z]+)(?:\s+([^]*))?$/.exec(text.trim())
  return found?.[1] === undefined ? undefined : { name: found[1].toLowerCase(), argument: (found[2] ?? "").trim() }
}

/** Runs a command. Throws CommandError where it does not exist or lacks something, and whatever the server says. */
export async function runCommand(name: string, argument: string, context: CommandContext): Promise<void> {
  const command = commands.find((one) => one.name === name)
  if (command === undefined) throw new CommandError("unknown", name)
  if (!command.isAllowed(context.room)) throw new CommandError("not-allowed", name)
  if (command.needs && argument === "") throw new CommandError("needs-argument", name)
  await command.run(argument, context)
}

function userAndReason(command: string, argument: string): [string, string | undefined] {
  const found = /^(@[^\s:]+:\S+)(?:\s+([^]+))?$/.exec(argument)
  if (found?.[1] === undefined) throw new CommandError("not-a-user", command)
  return [found[1], found[2]?.trim()]
}
