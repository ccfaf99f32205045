import type { Platform } from "../matrix/contract/platform"

/** Keeps the files of the app for the next start, where the browser allows it: over https, or from this machine. */
export function registerServiceWorker(platform: Platform) {
  if (!("serviceWorker" in navigator) || !isSecureContext) return
  const register = () => {
    navigator.serviceWorker.register("/service-worker.js").catch((error: unknown) => {
      platform.log("warning", "the service worker could not be registered", { error: String(error) })
    })
  }
  // After the page is drawn: nothing waits for it.
  if (document.readyState === "complete") register()
  else addEventListener("load", register, { once: true })
}
