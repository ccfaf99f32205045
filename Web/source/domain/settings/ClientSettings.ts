import { derived, Value, type Observable } from "../../matrix/base/observable"
import { asObject, member, type JSONObject, type JSONValue } from "../../matrix/base/read"
import { MartletType } from "../../matrix/contract/events"
import type { Settings } from "../../matrix/contract/platform"
import type { Session } from "../../matrix/contract/session"
import { definitions, readSetting, type SettingKey, type SettingValues } from "./settings"

/** Beside what else the client keeps in that account data. */
const section = "preferences"
const prefix = "setting:"
/** Counts changes of settings of the device, for all that read them from the same place. */
const changes = new WeakMap<Settings, Value<number>>()

/**
 * The settings of one account on one device. Those of the device are in the settings of the browser; those of the account in its account
 * data, where a change counts at once and is written behind it. Before somebody is signed in there are only those of the device.
 */
export class ClientSettings {
  private readonly observables = new Map<SettingKey, Observable<unknown>>()
  private readonly device: Value<number>
  private readonly account: Observable<JSONObject | undefined>
  /** Changes that are not in the account data yet. */
  private readonly pending = new Value<JSONObject>({})
  private writing: Promise<void> = Promise.resolve()
  private readonly end: () => void

  constructor(
    private readonly settings: Settings, private readonly session: Session | undefined,
    private readonly onFailure: (key: SettingKey, error: unknown) => void = () => undefined,
  ) {
    const shared = changes.get(settings) ?? new Value(0)
    changes.set(settings, shared)
    this.device = shared
    this.end = settings.subscribe(() => this.device.update((count) => count + 1))
    this.account = session?.accountData(MartletType.settings) ?? new Value<JSONObject | undefined>(undefined)
  }

  close() {
    this.end()
  }

  /** The value now. */
  get<K extends SettingKey>(key: K): SettingValues[K] {
    return this.observe(key).get()
  }

  observe<K extends SettingKey>(key: K): Observable<SettingValues[K]> {
    const known = this.observables.get(key)
    // Kept by key: the observable of a key has the type of its values.
    if (known !== undefined) return known as Observable<SettingValues[K]>
    const made = definitions[key].place === "device"
      ? derived([this.device], () => readSetting(key, this.fromDevice(key)), isSame)
      : derived([this.account, this.pending], () => readSetting(key, this.fromAccount(key)), isSame)
    this.observables.set(key, made)
    return made
  }

  /** Changes a setting: at once for everything on this device; resolves when it is written. */
  async set<K extends SettingKey>(key: K, value: SettingValues[K]): Promise<void> {
    if (definitions[key].place === "device") {
      this.settings.set(prefix + key, JSON.stringify(value))
      this.device.update((count) => count + 1)
      return
    }
    // Settings are made of JSON only.
    this.pending.update((pending) => ({ ...pending, [key]: value as unknown as JSONValue }))
    this.writing = this.writing.then(() => this.write())
    try {
      await this.writing
    } catch (error) {
      this.writing = Promise.resolve()
      this.pending.update((pending) => Object.fromEntries(Object.entries(pending).filter(([other]) => other !== key)))
      this.onFailure(key, error)
    }
  }

  /** Gives a setting its usual value back. */
  reset<K extends SettingKey>(key: K): Promise<void> {
    return this.set(key, definitions[key].usual)
  }

  private async write(): Promise<void> {
    const wanted = this.pending.get()
    if (this.session === undefined || Object.keys(wanted).length === 0) return
    const content = this.account.get() ?? {}
    await this.session.setAccountData(MartletType.settings, { ...content, [section]: { ...asObject(content[section]), ...wanted } })
    // What was changed once more meanwhile waits for the next writing.
    this.pending.update((pending) => Object.fromEntries(Object.entries(pending).filter(([key, value]) => wanted[key] !== value)))
  }

  private fromDevice(key: SettingKey): unknown {
    const text = this.settings.get(prefix + key)
    if (text === undefined) return undefined
    try {
      return JSON.parse(text) as unknown
    } catch {
      // Not written by this: the usual value counts.
      return undefined
    }
  }

  private fromAccount(key: SettingKey): unknown {
    const pending = this.pending.get()
    return Object.prototype.hasOwnProperty.call(pending, key) ? pending[key] : member(this.account.get(), section, key)
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b))
}
