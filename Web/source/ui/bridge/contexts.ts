import { createContext, useContext } from "react"
import type { Platform } from "../../matrix/contract/platform"
import type { Room } from "../../matrix/contract/room"
import type { Accounts, Session } from "../../matrix/contract/session"

/** The signed-in account that is shown. */
export const SessionContext = createContext<Session | undefined>(undefined)
export const AccountsContext = createContext<Accounts | undefined>(undefined)
export const PlatformContext = createContext<Platform | undefined>(undefined)

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`${name} is used outside of its context`)
  return value
}

/** The signed-in account; only inside of what is shown to somebody signed in. */
export function useSession(): Session {
  return required(useContext(SessionContext), "useSession")
}

/** Signing in and the list of accounts. */
export function useAccounts(): Accounts {
  return required(useContext(AccountsContext), "useAccounts")
}

export function usePlatform(): Platform {
  return required(useContext(PlatformContext), "usePlatform")
}

/** A room of the account by its ID, undefined while it is not known. */
export function useRoom(id: string | undefined): Room | undefined {
  const session = useSession()
  return id === undefined ? undefined : session.room(id)
}

/** The signed-in account, or undefined where nobody is signed in: for what is shown to both. */
export function useOptionalSession(): Session | undefined {
  return useContext(SessionContext)
}
