import type { Permission } from "../roles/Permission"

/** What a channel is for; it decides its icon and who may write. */
export type ChannelKind = "text" | "voice" | "announcements"

/** A channel of a template; texts are names of texts, so that a community is made in the language of its founder. */
export interface TemplateChannel {
  readonly name: string
  readonly topic?: string
  readonly kind: ChannelKind
}

export interface TemplateRole {
  readonly id: string
  readonly name: string
  readonly colour: string
  readonly level: number
  readonly isHoisted: boolean
}

/** A community to begin with; all texts in it are names of texts of the area "communities". */
export interface CommunityTemplate {
  readonly id: "friends" | "club" | "gaming" | "study" | "creators" | "empty"
  readonly categories: readonly { readonly name: string; readonly channels: readonly TemplateChannel[] }[]
  readonly roles: readonly TemplateRole[]
  readonly levels?: Partial<Record<Permission, number>>
}

const text = (name: string, topic?: string): TemplateChannel => ({ name, kind: "text", ...(topic === undefined ? {} : { topic }) })
const voice = (name: string): TemplateChannel => ({ name, kind: "voice" })
const news = (name: string, topic?: string): TemplateChannel => ({ name, kind: "announcements", ...(topic === undefined ? {} : { topic }) })

const moderator: TemplateRole = { id: "moderator", name: "template.role.moderator", colour: "#2f7d5b", level: 50, isHoisted: true }
const admin: TemplateRole = { id: "admin", name: "template.role.admin", colour: "#a4442f", level: 90, isHoisted: true }

/** The templates, the simplest first. */
export const templates: readonly CommunityTemplate[] = [
  {
    id: "friends",
    categories: [{ name: "template.category.text", channels: [text("template.channel.general"), text("template.channel.pictures")] }, { name: "template.category.voice", channels: [voice("template.channel.lounge")] }],
    roles: [admin],
  },
  {
    id: "club",
    categories: [
      { name: "template.category.start", channels: [news("template.channel.announcements", "template.topic.announcements"), text("template.channel.introductions")] },
      { name: "template.category.text", channels: [text("template.channel.general"), text("template.channel.events"), text("template.channel.offtopic")] },
      { name: "template.category.voice", channels: [voice("template.channel.lounge")] },
    ],
    roles: [admin, moderator, { id: "member", name: "template.role.member", colour: "#3a6ea5", level: 0, isHoisted: true }],
  },
  {
    id: "gaming",
    categories: [
      { name: "template.category.start", channels: [news("template.channel.announcements", "template.topic.announcements")] },
      { name: "template.category.text", channels: [text("template.channel.general"), text("template.channel.group", "template.topic.group"), text("template.channel.clips")] },
      { name: "template.category.voice", channels: [voice("template.channel.lounge"), voice("template.channel.squad")] },
    ],
    roles: [admin, moderator],
  },
  {
    id: "study",
    categories: [
      { name: "template.category.start", channels: [news("template.channel.announcements", "template.topic.announcements")] },
      { name: "template.category.text", channels: [text("template.channel.general"), text("template.channel.questions"), text("template.channel.material")] },
      { name: "template.category.voice", channels: [voice("template.channel.studyroom")] },
    ],
    roles: [{ ...admin, id: "teacher", name: "template.role.teacher" }, { ...moderator, id: "tutor", name: "template.role.tutor" }],
  },
  {
    id: "creators",
    categories: [
      { name: "template.category.start", channels: [news("template.channel.announcements", "template.topic.announcements"), text("template.channel.showcase", "template.topic.showcase")] },
      { name: "template.category.text", channels: [text("template.channel.general"), text("template.channel.feedback"), text("template.channel.offtopic")] },
    ],
    roles: [admin, moderator, { id: "artist", name: "template.role.artist", colour: "#8b5fb0", level: 0, isHoisted: true }],
  },
  { id: "empty", categories: [{ name: "template.category.text", channels: [text("template.channel.general")] }], roles: [] },
]
