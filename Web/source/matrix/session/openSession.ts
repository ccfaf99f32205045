import { encryptionStores } from "../crypto/stores"
import type { Platform } from "../contract/platform"
import type { AccountRecord, Session } from "../contract/session"
import { SessionDatabase } from "../store/SessionDatabase"
import { coreStores } from "../store/stores"
import { AccountList } from "./AccountList"
import { ClientSession, databaseName } from "./ClientSession"
import { encryptionHost } from "./encryptionHost"

/** Signing in and the accounts of this browser. */
export function createAccounts(platform: Platform): AccountList {
  return new AccountList(platform, (account, accounts) => openSession(platform, account, accounts))
}

/** Opens an account: what its store has can be shown at once. */
export async function openSession(platform: Platform, account: AccountRecord, accounts: AccountList): Promise<Session> {
  const database = await SessionDatabase.open(platform, databaseName(account), [...coreStores, ...encryptionStores])
  const session = new ClientSession(platform, account, accounts, database)
  const loading = session.load()
  try {
    // A part of its own: what the store has is shown while it loads.
    const { createEncryption } = await import("../crypto/createEncryption")
    session.useEncryption(await createEncryption({
      platform, database, api: session.api, userId: account.userId, deviceId: account.deviceId, host: encryptionHost(session),
      upload: (blob) => session.media.upload(blob, ""),
      download: (mxc) => session.media.fetch(mxc),
      inviter: (room) => session.inviterOf(room),
      keysLost: () => session.status.set({ kind: "signed-out", soft: false }),
    }))
  } catch (error) {
    // Without encryption everything else still works; encrypted rooms say what is wrong.
    platform.log("error", "encryption could not be opened", { error: error instanceof Error ? error.message : String(error) })
  }
  await loading
  return session
}
