import { useCallback, useEffect, useState } from "react"
import type { Accounts, LoginFlows } from "../../matrix/contract/session"
import { usePlatform, useAccounts } from "../bridge/contexts"
import { failureText } from "./failureText"
import { serverFacts, type ServerFacts } from "./serverFacts"

const lastKey = "martlet.homeserver"

export interface ChosenServer {
  readonly homeserver: string
  /** As people write it: example.org. */
  readonly name: string
  readonly flows: LoginFlows
  readonly facts: ServerFacts | undefined
}

export type HomeserverState =
  | { readonly kind: "loading" }
  /** None is known: it has to be typed. */
  | { readonly kind: "unknown" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ready"; readonly server: ChosenServer }

/** The server to sign in at: the one that hands out this page, the last one used, or one that is typed. */
export function useHomeserver(): { state: HomeserverState; choose: (name: string) => Promise<string | undefined>; retry: () => void } {
  const accounts = useAccounts()
  const platform = usePlatform()
  const [state, setState] = useState<HomeserverState>({ kind: "loading" })
  const [round, setRound] = useState(0)

  useEffect(() => {
    let isOver = false
    const first = async (): Promise<HomeserverState> => {
      const last = platform.settings.get(lastKey)
      for (const candidate of [location.origin, ...(last === undefined || last === location.origin ? [] : [last])]) {
        try {
          return { kind: "ready", server: await lookUp(accounts, candidate, hostOf(candidate)) }
        } catch (error) {
          // The page may come from a place that is no homeserver; but where it is one, say what is wrong.
          if (candidate === last) return { kind: "failed", message: failureText(error) }
        }
      }
      return navigator.onLine ? { kind: "unknown" } : { kind: "failed", message: "" }
    }
    void first().then((next) => {
      if (!isOver) setState(next)
    })
    return () => {
      isOver = true
    }
  }, [accounts, platform, round])

  const choose = useCallback(async (text: string): Promise<string | undefined> => {
    try {
      const found = await accounts.discover(text.trim())
      const server = await lookUp(accounts, found.homeserver, found.serverName ?? hostOf(text.trim()))
      platform.settings.set(lastKey, found.homeserver)
      setState({ kind: "ready", server })
      return undefined
    } catch (error) {
      return failureText(error)
    }
  }, [accounts, platform])
  const retry = useCallback(() => {
    setState({ kind: "loading" })
    setRound((count) => count + 1)
  }, [])
  return { state, choose, retry }
}

async function lookUp(accounts: Accounts, homeserver: string, name: string): Promise<ChosenServer> {
  const [flows, facts] = await Promise.all([accounts.loginFlows(homeserver), serverFacts(accounts, homeserver)])
  return { homeserver, name: facts?.serverName ?? name, flows, facts }
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/+$/, "")
}
