import { backoff } from "../base/backoff"
import type { Value } from "../base/observable"
import { asArray, asNumber, asObject, asString, member } from "../base/read"
import type { JSONObject } from "../base/read"
import type { ClientAPI } from "../api/ClientAPI"
import type { RoomID, UserID } from "../contract/events"
import type { Platform } from "../contract/platform"
import { MatrixError } from "../contract/session"
import type { SyncStatus } from "../contract/session"
import { parseSliding } from "./parseSliding"
import { parseSync } from "./parseSync"
import { allRooms, slidingRequest } from "./slidingRequest"
import type { Interest } from "./slidingRequest"
import type { SyncUpdate } from "./SyncUpdate"

/** Where the sync stands; kept in the store together with what it brought. */
export type SyncPosition =
  | { readonly kind: "sliding"; readonly position: string | undefined; readonly toDeviceSince: string | undefined; readonly end: number; readonly isComplete: boolean }
  | { readonly kind: "plain"; readonly since: string }

/** What the loop asks of the session. */
export interface SyncHost {
  readonly platform: Platform
  readonly api: ClientAPI
  readonly me: UserID
  readonly status: Value<SyncStatus>
  position(): Promise<SyncPosition | undefined>
  interests(): ReadonlyMap<RoomID, Interest>
  presence(): "online" | "unavailable" | "offline"
  /** Writes and shows what came; the position counts once it is written. */
  received(update: SyncUpdate, position: SyncPosition): Promise<void>
  /** A list that was told from its beginning is complete: these are all rooms there are. */
  listed(rooms: ReadonlySet<RoomID>): Promise<void>
}

const firstEnd = 19
const pollMilliseconds = 30_000
const filter = JSON.stringify({
  room: { state: { lazy_load_members: true }, timeline: { limit: 30, unread_thread_notifications: true } },
})

/** Asks the server for what is new, for as long as it runs. */
export class SyncLoop {
  private request = new AbortController()
  private failures = 0
  private offlineSince: number | undefined
  private seen: Set<RoomID> | undefined

  constructor(private readonly host: SyncHost) {}

  /** What is wanted changed: the request that waits is made anew. */
  interrupt() {
    this.request.abort()
  }

  async run(stop: AbortSignal) {
    const ended = () => this.request.abort()
    stop.addEventListener("abort", ended)
    const wake = this.host.platform.network.subscribe(() => {
      if (this.host.platform.network.isOnline() && this.offlineSince !== undefined) this.request.abort()
    })
    try {
      let isSliding: boolean | undefined
      let position = await this.host.position()
      while (!stop.aborted) {
        this.request = new AbortController()
        const signal = this.request.signal
        try {
          isSliding ??= await this.servesSliding(signal)
          position = isSliding ? await this.slide(position?.kind === "sliding" ? position : undefined, signal) : await this.plain(position?.kind === "plain" ? position : undefined, signal)
          this.failures = 0
          this.offlineSince = undefined
        } catch (error) {
          if (stop.aborted) return
          if (signal.aborted && error instanceof MatrixError && error.code === "M_CANCELLED") continue
          if (error instanceof MatrixError && (error.code === "M_UNKNOWN_TOKEN" || error.code === "M_MISSING_TOKEN" || error.code === "M_USER_DEACTIVATED")) {
            if (this.host.status.get().kind !== "signed-out") this.host.status.set({ kind: "signed-out", soft: false })
            return
          }
          if (error instanceof MatrixError && error.code === "M_UNKNOWN_POS") {
            position = { kind: "sliding", position: undefined, toDeviceSince: position?.kind === "sliding" ? position.toDeviceSince : undefined, end: firstEnd, isComplete: false }
            continue
          }
          // After an error of our own what is in the store counts.
          position = await this.host.position().catch(() => position)
          await this.pause(error, signal)
        }
      }
    } finally {
      stop.removeEventListener("abort", ended)
      wake()
    }
  }

  private async servesSliding(signal: AbortSignal): Promise<boolean> {
    const versions = await this.host.api.get("/_matrix/client/versions", undefined, signal)
    return member(versions, "unstable_features", "org.matrix.simplified_msc3575") === true && asArray(versions["versions"]).length > 0
  }

  private async slide(known: SyncPosition & { kind: "sliding" } | undefined, signal: AbortSignal): Promise<SyncPosition> {
    const end = known?.end ?? firstEnd
    const isFresh = known?.position === undefined
    if (isFresh) this.seen = new Set()
    // Only somebody who is up to date waits; the first answer after a start comes at once.
    const isLive = known !== undefined && known.isComplete && !isFresh && this.host.status.get().kind === "live"
    const body = await this.host.api.json("POST", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync", {
      query: { pos: known?.position, timeout: isLive ? pollMilliseconds : 0, set_presence: this.host.presence() },
      body: { conn_id: "martlet", ...slidingRequest(end, this.host.interests(), known?.toDeviceSince) }, signal, timeout: pollMilliseconds + 30_000,
    })
    const answer = parseSliding(body, allRooms, this.host.me)
    if (answer === undefined) throw new MatrixError("M_UNKNOWN", "The server's answer has no position.", 200)
    for (const room of answer.update.rooms) this.seen?.add(room.id)
    const count = answer.count ?? 0
    const isComplete = end >= count - 1
    // A list that grew beyond its range: ask for more than there is, so that new rooms are in it.
    const nextEnd = isComplete ? Math.max(end, count + 50) : end < 100 ? 119 : end * 3
    const position: SyncPosition = { kind: "sliding", position: answer.position, toDeviceSince: answer.toDeviceSince ?? known?.toDeviceSince, end: nextEnd, isComplete }
    await this.host.received(answer.update, position)
    if (isComplete && this.seen !== undefined) {
      await this.host.listed(this.seen)
      this.seen = undefined
    }
    this.host.status.set(isComplete ? { kind: "live" } : { kind: "catching-up" })
    return position
  }

  private async plain(known: SyncPosition & { kind: "plain" } | undefined, signal: AbortSignal): Promise<SyncPosition> {
    const isLive = known !== undefined && this.host.status.get().kind === "live"
    const body: JSONObject = await this.host.api.json("GET", "/_matrix/client/v3/sync", {
      query: { since: known?.since, timeout: isLive ? pollMilliseconds : 0, filter, set_presence: this.host.presence() }, signal,
      timeout: known === undefined ? 300_000 : pollMilliseconds + 30_000,
    })
    const since = asString(body["next_batch"])
    if (since === undefined) throw new MatrixError("M_UNKNOWN", "The server's answer has no position.", 200)
    const position: SyncPosition = { kind: "plain", since }
    await this.host.received(parseSync(body, known === undefined), position)
    if (known === undefined) await this.host.listed(new Set([...Object.keys(asObject(member(body, "rooms", "join")) ?? {}), ...Object.keys(asObject(member(body, "rooms", "invite")) ?? {})]))
    this.host.status.set({ kind: "live" })
    return position
  }

  /** Waits after an error, longer each time; a network that comes back ends it. */
  private async pause(error: unknown, signal: AbortSignal) {
    const { platform, status } = this.host
    if (!(error instanceof MatrixError)) platform.log("error", "a sync could not be taken over", { error: error instanceof Error ? error.stack ?? error.message : String(error) })
    const demanded = error instanceof MatrixError ? asNumber(error.retryAfter) : undefined
    const wait = Math.max(demanded ?? 0, backoff(this.failures, 800, 30_000))
    this.failures += 1
    this.offlineSince ??= platform.clock.now()
    // One failure may be chance; nobody needs to hear of it.
    if (this.failures > 1 || !platform.network.isOnline()) status.set({ kind: "offline", since: this.offlineSince, retryAt: platform.clock.now() + wait })
    try {
      await platform.clock.sleep(wait, signal)
    } catch {
      // Woken up: try at once.
    }
  }
}
