import assert from "node:assert/strict"
import { test } from "node:test"
import { usualWishes, type Decision } from "../../../source/domain/notifications/decide"
import { NotificationCentre } from "../../../source/domain/notifications/NotificationCentre"
import type { IncomingNotification } from "../../../source/matrix/contract/session"
import { event } from "./fixtures"

/** Tabs of one browser: they share a channel and a lock, and a clock that the test moves. */
class Browser {
  now = 1_000_000
  private readonly ears = new Set<{ tab: object; listener: (message: unknown) => void }>()
  private queue: Promise<void> = Promise.resolve()

  tab() {
    const tab = {}
    const shown: { id: string | undefined; decision: Decision }[] = []
    let notify: (notification: IncomingNotification) => void = () => undefined
    const centre = new NotificationCentre({
      clock: { now: () => this.now, sleep: () => Promise.resolve() },
      locks: {
        run: (_name, work, signal) => {
          const before = this.queue
          const run = (async () => {
            await before
            if (signal?.aborted === true) throw new Error("aborted")
            return work()
          })()
          this.queue = run.then(() => undefined, () => undefined)
          return run
        },
      },
      openChannel: () => ({
        post: (message) => { for (const ear of [...this.ears]) if (ear.tab !== tab) ear.listener(message) },
        subscribe: (listener) => {
          const ear = { tab, listener }
          this.ears.add(ear)
          return () => { this.ears.delete(ear) }
        },
        close: () => undefined,
      }),
    }, {
      userId: "@me:x", onNotification: (listener) => { notify = listener; return () => { notify = () => undefined } },
      wishes: () => usualWishes, isRoomMuted: () => false, isServerMuted: () => false,
      present: (notification, decision) => shown.push({ id: notification.event.id, decision }),
    })
    return { centre, shown, receive: (id: string, room = "!r:x") => notify({ room, event: event({ id }), isHighlight: false, sound: "default" }) }
  }
}

const settled = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve)))))

test("one tab of several tells of an event, once, whichever of them received it", async () => {
  const browser = new Browser()
  const [first, second] = [browser.tab(), browser.tab()]
  first.centre.start()
  second.centre.start()
  await settled()
  second.receive("$1")
  first.receive("$1")
  assert.deepEqual([first.shown.length, second.shown.length], [1, 0])
  first.centre.stop()
  await settled()
  await settled()
  second.receive("$2")
  assert.deepEqual(second.shown.map((one) => one.id), ["$2"])
  second.centre.stop()
})

test("what another tab looks at is not told of", async () => {
  const browser = new Browser()
  const [first, second] = [browser.tab(), browser.tab()]
  first.centre.start()
  second.centre.start()
  await settled()
  second.centre.look(true, "!r:x")
  first.receive("$1")
  assert.equal(first.shown.length, 0)
  second.centre.look(false, "!r:x")
  first.receive("$2")
  assert.deepEqual(first.shown, [{ id: "$2", decision: { desktop: true, sound: "message" } }])
  first.centre.stop()
  second.centre.stop()
})

test("sounds keep a distance, banners do not", async () => {
  const browser = new Browser()
  const tab = browser.tab()
  tab.centre.start()
  await settled()
  tab.receive("$1")
  tab.receive("$2")
  browser.now += 5000
  tab.receive("$3")
  assert.deepEqual(tab.shown.map((one) => one.decision.sound), ["message", undefined, "message"])
  tab.centre.stop()
})
