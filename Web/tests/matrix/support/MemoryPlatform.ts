import type { Channel, Clock, Database, HTTPRequest, HTTPResponse, Locks, Platform, StoreDeclaration } from "../../../source/matrix/contract/platform"
import type { JSONValue } from "../../../source/matrix/base/read"
import { MemoryDatabase, MemoryDatabaseFile } from "./MemoryDatabase"

/** One browser: its databases, locks, channels and settings, shared by its tabs. */
export class MemoryBrowser {
  readonly files = new Map<string, MemoryDatabaseFile>()
  readonly settings = new Map<string, string>()
  readonly settingListeners = new Set<{ tab: MemoryPlatform; listener: () => void }>()
  readonly locks = new Map<string, Promise<unknown>>()
  readonly channels = new Map<string, Set<MemoryChannel>>()
  readonly logged: string[] = []
  isOnline = true
  readonly networkListeners = new Set<() => void>()

  constructor(readonly answer: (request: HTTPRequest) => Promise<HTTPResponse> = nodeFetch) {}

  tab(): MemoryPlatform {
    return new MemoryPlatform(this)
  }

  setOnline(isOnline: boolean) {
    this.isOnline = isOnline
    for (const listener of [...this.networkListeners]) listener()
  }

  /** As when the browser clears the storage of a site. */
  clearStorage() {
    for (const file of this.files.values()) file.isGone = true
    this.files.clear()
  }
}

/** A platform in memory; its network is the browser's, which may be a scripted one. */
export class MemoryPlatform implements Platform {
  readonly crypto = globalThis.crypto
  constructor(readonly browser: MemoryBrowser) {}

  async fetch(request: HTTPRequest): Promise<HTTPResponse> {
    if (!this.browser.isOnline) throw new TypeError("offline")
    return this.browser.answer(request)
  }

  async openDatabase(name: string, stores: readonly StoreDeclaration[]): Promise<Database> {
    let file = this.browser.files.get(name)
    if (file === undefined) this.browser.files.set(name, (file = new MemoryDatabaseFile()))
    file.declare(stores)
    return new MemoryDatabase(file)
  }

  async deleteDatabase(name: string) {
    const file = this.browser.files.get(name)
    if (file !== undefined) file.isGone = true
    this.browser.files.delete(name)
  }

  readonly clock: Clock = {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const abort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort)
        resolve()
      }, milliseconds)
      signal?.addEventListener("abort", abort, { once: true })
    }),
  }

  readonly locks: Locks = {
    run: async (name, work, signal) => {
      const before = this.browser.locks.get(name) ?? Promise.resolve()
      let release: () => void = () => undefined
      this.browser.locks.set(name, before.then(() => new Promise<void>((resolve) => (release = resolve))))
      const aborted = new Promise<never>((_, reject) => {
        if (signal?.aborted === true) reject(signal.reason)
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
      })
      aborted.catch(() => undefined)
      try {
        await Promise.race([before, aborted])
      } catch (error) {
        void before.then(() => release())
        throw error
      }
      try {
        return await work()
      } finally {
        release()
      }
    },
  }

  openChannel(name: string): Channel {
    let all = this.browser.channels.get(name)
    if (all === undefined) this.browser.channels.set(name, (all = new Set()))
    const channel = new MemoryChannel(all)
    all.add(channel)
    return channel
  }

  readonly network = {
    isOnline: () => this.browser.isOnline,
    subscribe: (listener: () => void) => {
      this.browser.networkListeners.add(listener)
      return () => {
        this.browser.networkListeners.delete(listener)
      }
    },
  }

  readonly settings = {
    get: (key: string) => this.browser.settings.get(key),
    set: (key: string, value: string | undefined) => {
      if (value === undefined) this.browser.settings.delete(key)
      else this.browser.settings.set(key, value)
      for (const one of [...this.browser.settingListeners]) if (one.tab !== this) one.listener()
    },
    subscribe: (listener: () => void) => {
      const one = { tab: this, listener }
      this.browser.settingListeners.add(one)
      return () => {
        this.browser.settingListeners.delete(one)
      }
    },
  }

  log(level: string, message: string, facts?: Record<string, unknown>) {
    this.browser.logged.push(`${level}: ${message} ${facts === undefined ? "" : JSON.stringify(facts)}`)
  }
}

class MemoryChannel implements Channel {
  private readonly listeners = new Set<(message: unknown) => void>()
  constructor(private readonly all: Set<MemoryChannel>) {}

  post(message: unknown) {
    const others = [...this.all].filter((channel) => channel !== this)
    const copy = structuredClone(message)
    queueMicrotask(() => others.forEach((channel) => channel.listeners.forEach((listener) => listener(structuredClone(copy)))))
  }

  subscribe(listener: (message: unknown) => void) {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  close() {
    this.all.delete(this)
  }
}

/** node's own fetch, for tests against a real server. */
export async function nodeFetch(request: HTTPRequest): Promise<HTTPResponse> {
  const response = await fetch(request.url, {
    method: request.method, headers: request.headers, ...(request.body !== undefined && { body: request.body }), ...(request.signal && { signal: request.signal }),
  })
  if (request.answer === "blob" && response.ok) return { status: response.status, headers: response.headers, body: await response.blob() }
  const text = await response.text()
  let body: JSONValue = null
  try {
    body = JSON.parse(text) as JSONValue
  } catch {
    // No JSON: null says so.
  }
  return { status: response.status, headers: response.headers, body }
}
