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
  const open = accounts.open.bind(accounts)
  accounts.open = async (account) => {
    performance.mark("martlet:open")
    const session = await open(account)
    performance.mark("martlet:stored")
    const end = session.status.subscribe(() => {
      if (session.status.get().kind !== "live") return
      end()
      performance.mark("martlet:live")
    })
    return session
  }
  createRoot(root).render(<App accounts={accounts} platform={platform} />)
  performance.mark("martlet:rendered")
  registerServiceWorker(platform)
}
