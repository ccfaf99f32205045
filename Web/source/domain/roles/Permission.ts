/** What a role may allow. Each is a threshold in the power levels of every room: whoever has a role at or above it may. */
export type Permission =
  | "send-messages" | "react" | "send-stickers" | "start-polls" | "mention-everyone" | "invite" | "pin" | "delete-messages" | "kick" | "ban"
  | "manage-channels" | "manage-emoji" | "manage-roles" | "manage-server" | "join-voice"

/** In the order in which settings show them, from what everybody may to what few should. */
export const permissions: readonly Permission[] = [
  "send-messages", "react", "send-stickers", "start-polls", "join-voice", "invite", "mention-everyone", "pin", "delete-messages", "kick", "ban", "manage-emoji",
  "manage-channels", "manage-roles", "manage-server",
]

/** The level at or above which a permission is given where a community says nothing. */
export const defaultLevels: Readonly<Record<Permission, number>> = {
  "send-messages": 0, react: 0, "send-stickers": 0, "start-polls": 0, "join-voice": 0, invite: 0, "mention-everyone": 50, pin: 50, "delete-messages": 50, kick: 50, ban: 50,
  "manage-emoji": 50, "manage-channels": 50, "manage-roles": 100, "manage-server": 100,
}

/** Where a permission lands in `m.room.power_levels`: members at the top of its content, and types in `events`. */
export const places: Readonly<Record<Permission, { readonly members: readonly string[]; readonly events: readonly string[]; readonly notifies?: true }>> = {
  "send-messages": { members: ["events_default"], events: [] },
  react: { members: [], events: ["m.reaction"] },
  "send-stickers": { members: [], events: ["m.sticker"] },
  "start-polls": { members: [], events: ["m.poll.start", "org.matrix.msc3381.poll.start"] },
  "join-voice": { members: [], events: ["org.matrix.msc3401.call.member", "org.matrix.msc4143.rtc.member"] },
  "mention-everyone": { members: [], events: [], notifies: true },
  invite: { members: ["invite"], events: [] },
  pin: { members: [], events: ["m.room.pinned_events"] },
  "delete-messages": { members: ["redact"], events: [] },
  kick: { members: ["kick"], events: [] },
  ban: { members: ["ban"], events: [] },
  "manage-emoji": { members: [], events: ["m.room.image_pack", "im.ponies.room_emotes"] },
  "manage-channels": {
    members: [],
    events: ["m.room.name", "m.room.topic", "m.room.avatar", "m.room.canonical_alias", "m.space.child", "m.space.parent", "chat.martlet.categories"],
  },
  "manage-roles": { members: [], events: ["m.room.power_levels", "chat.martlet.roles", "chat.martlet.member_roles", "chat.martlet.role_overrides"] },
  "manage-server": {
    members: ["state_default"],
    events: [
      "m.room.join_rules", "m.room.history_visibility", "m.room.guest_access", "m.room.server_acl", "m.room.encryption", "m.room.tombstone", "m.room.policy", "chat.martlet.welcome",
    ],
  },
}
