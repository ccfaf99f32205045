import { KeyedObservable } from "../base/KeyedObservable"
import type { Observable } from "../base/observable"
import { path } from "../base/path"
import { asNumber, asString } from "../base/read"
import type { JSONObject } from "../base/read"
import type { UserID } from "../contract/events"
import type { Platform, Transaction } from "../contract/platform"
import { MatrixError } from "../contract/session"
import type { API, Presence, Profile } from "../contract/session"
import type { ProfileRecord } from "../store/records"

const profileLife = 3_600_000
const presenceLife = 60_000
const most = 2_000
const unknown: Presence = { state: "offline", statusMessage: undefined, lastActive: undefined }

/** Profiles and presence of people, asked for when somebody looks at them, and kept for a while. */
export class People {
  private readonly profiles = new Map<UserID, { profile: Profile; fetched: number }>()
  private readonly presences = new Map<UserID, { presence: Presence; fetched: number }>()
  private readonly asking = new Set<string>()
  private readonly profileValues = new KeyedObservable<UserID, Profile>((userId) => this.profileNow(userId), (userId) => void this.askProfile(userId))
  private readonly presenceValues = new KeyedObservable<UserID, Presence>((userId) => this.presences.get(userId)?.presence ?? unknown, (userId) => void this.askPresence(userId))
  private hasPresence = true

  constructor(
    private readonly platform: Platform, private readonly api: API,
    private readonly transaction: <R>(stores: readonly string[], mode: "read" | "write", work: (transaction: Transaction) => Promise<R>) => Promise<R>,
  ) {}

  profile(userId: UserID): Observable<Profile> {
    return this.profileValues.of(userId)
  }

  presence(userId: UserID): Observable<Presence> {
    return this.presenceValues.of(userId)
  }

  /** Presence that a sync brought. */
  receivePresence(userId: UserID, content: JSONObject) {
    this.setPresence(userId, content)
  }

  /** Looks again at a profile that changed. */
  refresh(userId: UserID): Promise<void> {
    return this.fetchProfile(userId)
  }

  private profileNow(userId: UserID): Profile {
    const known = this.profiles.get(userId)
    if (known !== undefined) return known.profile
    const empty: Profile = { userId, displayName: undefined, avatar: undefined, fields: {} }
    this.profiles.set(userId, { profile: empty, fetched: 0 })
    return empty
  }

  private async askProfile(userId: UserID) {
    if (this.asking.has(`profile ${userId}`)) return
    const now = this.platform.clock.now()
    if ((this.profiles.get(userId)?.fetched ?? 0) > now - profileLife) return
    this.asking.add(`profile ${userId}`)
    try {
      const stored = await this.transaction(["profiles"], "read", (transaction) => transaction.get<ProfileRecord>("profiles", userId))
      if (stored !== undefined) this.setProfile(userId, stored.fields, stored.fetched)
      if (stored === undefined || stored.fetched < now - profileLife) await this.fetchProfile(userId)
    } catch (error) {
      this.platform.log("debug", "a profile could not be had", { userId, error: String(error) })
      // Asked again in a while.
      this.profiles.set(userId, { profile: this.profileNow(userId), fetched: now - profileLife + 300_000 })
    } finally {
      this.asking.delete(`profile ${userId}`)
    }
  }

  private async fetchProfile(userId: UserID) {
    const fields = await this.api.get(path`/_matrix/client/v3/profile/${userId}`)
    const fetched = this.platform.clock.now()
    this.setProfile(userId, fields, fetched)
    await this.transaction(["profiles"], "write", async (transaction) => transaction.put<ProfileRecord>("profiles", { userId, fields, fetched }))
  }

  private setProfile(userId: UserID, fields: JSONObject, fetched: number) {
    const profile: Profile = { userId, displayName: asString(fields["displayname"]), avatar: asString(fields["avatar_url"]) || undefined, fields }
    forgetOldest(this.profiles)
    this.profiles.set(userId, { profile, fetched })
    this.profileValues.changed(userId)
  }

  private async askPresence(userId: UserID) {
    if (!this.hasPresence || this.asking.has(`presence ${userId}`)) return
    if ((this.presences.get(userId)?.fetched ?? 0) > this.platform.clock.now() - presenceLife) return
    this.asking.add(`presence ${userId}`)
    try {
      this.setPresence(userId, await this.api.get(path`/_matrix/client/v3/presence/${userId}/status`))
    } catch (error) {
      // Servers without presence answer so to everybody; there is no use in asking on.
      if (error instanceof MatrixError && error.code === "M_UNRECOGNIZED") this.hasPresence = false
      this.presences.set(userId, { presence: this.presences.get(userId)?.presence ?? unknown, fetched: this.platform.clock.now() })
    } finally {
      this.asking.delete(`presence ${userId}`)
    }
  }

  private setPresence(userId: UserID, content: JSONObject) {
    const now = this.platform.clock.now()
    const state = content["presence"]
    const age = asNumber(content["last_active_ago"])
    const presence: Presence = {
      state: state === "online" || state === "unavailable" ? state : "offline", statusMessage: asString(content["status_msg"]),
      lastActive: age === undefined ? undefined : now - age,
    }
    const before = this.presences.get(userId)?.presence
    forgetOldest(this.presences)
    const isSame = before !== undefined && before.state === presence.state && before.statusMessage === presence.statusMessage
    this.presences.set(userId, { presence: isSame ? before : presence, fetched: now })
    if (!isSame) this.presenceValues.changed(userId)
  }

  /** Asks again for those that are looked at. */
  refreshPresence() {
    for (const userId of this.presences.keys()) if (this.presenceValues.isWatched(userId)) void this.askPresence(userId)
  }
}

function forgetOldest(map: Map<string, unknown>) {
  if (map.size < most) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}
