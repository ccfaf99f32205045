import { createRoot } from "react-dom/client"
import { createAccounts } from "./matrix/session/openSession"
import { BrowserPlatform } from "./platform/BrowserPlatform"
import { registerServiceWorker } from "./platform/registerServiceWorker"
import { App } from "./ui/app/App"

performance.mark("martlet:script")
const root = document.getElementById("root")
if (root !== null) {
  const platform = new BrowserPlatform()
  const accounts = createAccounts(platform)
  createRoot(root).render(<App accounts={accounts} platform={platform} />)
  performance.mark("martlet:rendered")
  registerServiceWorker(platform)
}
