import type { Settings } from "../matrix/contract/platform"

/** Small settings in localStorage; kept in memory only where the browser forbids that. */
export class BrowserSettings implements Settings {
  private readonly memory = new Map<string, string>()

  constructor(private readonly storage: Storage) {}

  get(key: string): string | undefined {
    try {
      return this.storage.getItem(key) ?? this.memory.get(key)
    } catch {
      return this.memory.get(key)
    }
  }

  set(key: string, value: string | undefined) {
    if (value === undefined) this.memory.delete(key)
    else this.memory.set(key, value)
    try {
      if (value === undefined) this.storage.removeItem(key)
      else this.storage.setItem(key, value)
    } catch (error) {
      console.warn("settings cannot be kept", error)
    }
  }

  subscribe(listener: () => void) {
    const changed = (event: StorageEvent) => {
      if (event.storageArea === this.storage) listener()
    }
    addEventListener("storage", changed)
    return () => removeEventListener("storage", changed)
  }
}
