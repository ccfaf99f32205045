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
  const session: ClientSession = new ClientSession(platform, account, accounts, database, async () => (await import("../crypto/createEncryption")).createEncryption({
    platform, database, api: session.api, userId: account.userId, deviceId: account.deviceId, host: encryptionHost(session),
    upload: (blob) => session.media.upload(blob, ""),
    download: (mxc) => session.media.fetch(mxc),
    inviter: (room) => session.inviterOf(room),
    keysLost: () => session.keysLost(),
  }))
  await session.load()
  return session
}
