/**
 * Keeps the files of the app, so that it opens without a network. Files under /assets/ never change; the page is asked for anew first.
 * `__SHELL__` and `__VERSION__` are put in by Web/build.
 */
const worker = self as unknown as {
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void>; matchAll(options: { type: string }): Promise<readonly { url: string; focus(): Promise<unknown>; postMessage(message: unknown): void }[]>; openWindow(url: string): Promise<unknown> }
}
interface WorkerEvent {
  readonly request: Request
  readonly notification: { readonly data: unknown; close(): void }
  waitUntil(work: Promise<unknown>): void
  respondWith(answer: Promise<Response>): void
}

const cacheName = "martlet-__VERSION__"
const shell: string[] = __SHELL__
declare const __SHELL__: string[]

worker.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(cacheName)
    await cache.addAll(shell)
    await worker.skipWaiting()
  })())
})

worker.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("martlet-") && name !== cacheName) await caches.delete(name)
    await worker.clients.claim()
  })())
})

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.startsWith("/_")) return
  if (url.pathname.startsWith("/assets/")) event.respondWith(kept(event.request))
  else if (event.request.mode === "navigate") event.respondWith(page(event.request))
})

async function kept(request: Request): Promise<Response> {
  const found = await caches.match(request)
  if (found !== undefined) return found
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(cacheName)).put(request, answer.clone())
  return answer
}

async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request)
    if (answer.ok && new URL(request.url).pathname === "/") await (await caches.open(cacheName)).put("/", answer.clone())
    return answer
  } catch (error) {
    const found = await caches.match("/")
    if (found !== undefined) return found
    throw error
  }
}

// A click on a desktop notification brings the window that shows it to the front.
worker.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil((async () => {
    const windows = await worker.clients.matchAll({ type: "window" })
    const target = typeof event.notification.data === "string" ? event.notification.data : "/"
    const open = windows[0]
    if (open === undefined) await worker.clients.openWindow(target)
    else {
      open.postMessage({ kind: "open", target })
      await open.focus()
    }
  })())
})

export {}
