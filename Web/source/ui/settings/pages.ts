import type { ComponentType } from "react"
import type { IconName } from "../design"
import type { TextKey } from "../language/en"
import { AboutPage } from "./AboutPage"
import { AccessibilityPage } from "./AccessibilityPage"
import { AccountPage } from "./AccountPage"
import { AppearancePage } from "./AppearancePage"
import { ChatPage } from "./ChatPage"
import { DataPage } from "./DataPage"
import { DevicesPage } from "./DevicesPage"
import { EncryptionPage } from "./EncryptionPage"
import { KeyboardPage } from "./KeyboardPage"
import { LanguagePage } from "./LanguagePage"
import { NotificationsPage } from "./NotificationsPage"
import { PrivacyPage } from "./PrivacyPage"

export interface SettingsPage {
  readonly id: string
  readonly group: "account" | "app" | "other"
  readonly icon: IconName
  readonly title: TextKey
  /** What is on it: found by the search. */
  readonly terms: readonly TextKey[]
  /** Other words for it, for the search alone. */
  readonly words: TextKey
  readonly content: ComponentType
}

/** The pages of the settings, in their order. */
export const settingsPages: readonly SettingsPage[] = [
  {
    id: "account", group: "account", icon: "user", title: "settings.account.title", words: "settings.words.account", content: AccountPage,
    terms: ["settings.account.name", "settings.account.picture", "settings.account.status", "settings.account.pronouns", "settings.account.timezone", "settings.account.mails", "settings.account.password", "settings.account.deactivate", "settings.account.others", "accounts.signOut.action"],
  },
  {
    id: "devices", group: "account", icon: "device", title: "settings.devices.title", words: "settings.words.devices", content: DevicesPage,
    terms: ["settings.devices.this", "settings.devices.others", "settings.devices.signOut", "settings.devices.rename"],
  },
  {
    id: "encryption", group: "account", icon: "shield", title: "settings.encryption.title", words: "settings.words.encryption", content: EncryptionPage,
    terms: ["settings.encryption.backup", "settings.encryption.recovery", "settings.encryption.export", "settings.encryption.import", "settings.encryption.verify"],
  },
  {
    id: "privacy", group: "account", icon: "eye-off", title: "settings.privacy.title", words: "settings.words.privacy", content: PrivacyPage,
    terms: ["settings.privacy.ignored", "settings.privacy.invites", "settings.privacy.presence", "settings.privacy.receipts", "settings.privacy.typing"],
  },
  {
    id: "notifications", group: "app", icon: "bell", title: "settings.notifications.title", words: "settings.words.notifications", content: NotificationsPage,
    terms: ["settings.notifications.desktop", "settings.notifications.sounds", "settings.notifications.quiet", "settings.notifications.keywords", "settings.notifications.exceptions", "settings.notifications.unread", "settings.notifications.doNotDisturb", "settings.notifications.preview", "settings.notifications.direct", "settings.notifications.channels", "settings.notifications.userMentions", "settings.notifications.roomMentions", "settings.notifications.invites"],
  },
  {
    id: "appearance", group: "app", icon: "palette", title: "settings.appearance.title", words: "settings.words.appearance", content: AppearancePage,
    terms: ["settings.appearance.theme", "settings.appearance.accent", "settings.appearance.density", "settings.appearance.fontSize", "settings.appearance.clock"],
  },
  {
    id: "language", group: "app", icon: "language", title: "settings.language.title", words: "settings.words.language", content: LanguagePage, terms: [],
  },
  {
    id: "accessibility", group: "app", icon: "accessibility", title: "settings.accessibility.title", words: "settings.words.accessibility", content: AccessibilityPage,
    terms: ["settings.accessibility.motion", "settings.accessibility.contrast", "settings.accessibility.links", "settings.appearance.fontSize", "settings.chat.autoplay"],
  },
  {
    id: "chat", group: "app", icon: "message", title: "settings.chat.title", words: "settings.words.chat", content: ChatPage,
    terms: ["settings.chat.sendWith", "settings.chat.previews", "settings.chat.previewsEncrypted", "settings.chat.autoplay", "settings.chat.largeEmoji", "settings.chat.membership", "settings.chat.profiles"],
  },
  {
    id: "keyboard", group: "app", icon: "keyboard", title: "settings.keyboard.title", words: "settings.words.keyboard", content: KeyboardPage, terms: [],
  },
  {
    id: "data", group: "other", icon: "download", title: "settings.data.title", words: "settings.words.data", content: DataPage,
    terms: ["settings.data.export", "settings.data.storage", "settings.data.clear"],
  },
  {
    id: "about", group: "other", icon: "info", title: "settings.about.title", words: "settings.words.about", content: AboutPage, terms: ["settings.about.version", "settings.about.server", "settings.about.licences"],
  },
]
