import type { MXC, RoomID, UserID } from "../../matrix/contract/events"

/** What a mention points at. */
export type MentionTarget =
  | { readonly kind: "user"; readonly userId: UserID }
  /** `room` is an alias or an ID; `via` names servers that know it. */
  | { readonly kind: "room"; readonly room: RoomID; readonly via: readonly string[] }
  /** A role of a community: all who have it. */
  | { readonly kind: "role"; readonly userIds: readonly UserID[] }
  | { readonly kind: "everyone" }

/** A mention as it stands in what was typed. */
export interface Mention {
  /** Exactly what stands in the text, such as `@Ana` or `#general`. */
  readonly text: string
  readonly target: MentionTarget
}

/** A custom emoji that a `:shortcode:` stands for. */
export interface CustomEmoji {
  readonly shortcode: string
  readonly url: MXC
}

/** A piece of a line. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: InlineStyle; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "spoiler"; readonly reason: string | undefined; readonly children: readonly Inline[] }
  | { readonly kind: "maths"; readonly source: string }
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] }
  /** An address that stands for itself. */
  | { readonly kind: "address"; readonly href: string; readonly text: string }
  | { readonly kind: "mention"; readonly mention: Mention }
  | { readonly kind: "emoji"; readonly emoji: CustomEmoji }
  | { readonly kind: "break" }

export type InlineStyle = "emphasis" | "strong" | "strikethrough" | "underline" | "subscript" | "superscript"

/** A piece of a message that stands on lines of its own. */
export type Block =
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string | undefined; readonly text: string }
  | { readonly kind: "maths"; readonly source: string }
  | { readonly kind: "quote"; readonly children: readonly Block[] }
  | { readonly kind: "list"; readonly start: number | undefined; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: "table"; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: "rule" }

/** How deep quotes, lists and styles may nest; what is deeper stays text. */
export const maximumDepth = 24
