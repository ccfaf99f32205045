import type { Channel, Clock, Database, HTTPRequest, HTTPResponse, Locks, Platform, Settings, StoreDeclaration } from "../matrix/contract/platform"
import { browserFetch } from "./browserFetch"
import { browserClock } from "./browserClock"
import { BrowserChannel } from "./BrowserChannel"
import { BrowserLocks } from "./BrowserLocks"
import { BrowserSettings } from "./BrowserSettings"
import { deleteIndexedDatabase, openIndexedDatabase } from "./IndexedDatabase"

/** The browser as `matrix/` sees it. */
export class BrowserPlatform implements Platform {
  readonly crypto: Crypto = globalThis.crypto
  readonly clock: Clock = browserClock
  readonly locks: Locks = new BrowserLocks()
  readonly settings: Settings = new BrowserSettings(globalThis.localStorage)
  readonly network = {
    isOnline: () => navigator.onLine,
    subscribe(listener: () => void) {
      addEventListener("online", listener)
      addEventListener("offline", listener)
      return () => {
        removeEventListener("online", listener)
        removeEventListener("offline", listener)
      }
    },
  }

  fetch(request: HTTPRequest): Promise<HTTPResponse> {
    return browserFetch(request)
  }

  openDatabase(name: string, stores: readonly StoreDeclaration[]): Promise<Database> {
    return openIndexedDatabase(name, stores)
  }

  deleteDatabase(name: string): Promise<void> {
    return deleteIndexedDatabase(name)
  }

  openChannel(name: string): Channel {
    return new BrowserChannel(name)
  }

  log(level: "debug" | "info" | "warning" | "error", message: string, facts?: Record<string, unknown>) {
    const write = level === "warning" ? console.warn : console[level]
    if (facts === undefined) write.call(console, message)
    else write.call(console, message, facts)
  }
}
