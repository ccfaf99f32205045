import type { Channel } from "../matrix/contract/platform"

/** A channel to the other tabs of this origin. */
export class BrowserChannel implements Channel {
  private readonly channel: BroadcastChannel
  private readonly listeners = new Set<(message: unknown) => void>()

  constructor(name: string) {
    this.channel = new BroadcastChannel(name)
    this.channel.onmessage = (event) => {
      for (const listener of [...this.listeners]) listener(event.data)
    }
  }

  post(message: unknown) {
    this.channel.postMessage(message)
  }

  subscribe(listener: (message: unknown) => void) {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  close() {
    this.channel.close()
    this.listeners.clear()
  }
}
