import type { Settings } from "../../../matrix/contract/platform"

const key = (userId: string) => `martlet.recovery-key:${userId}`

/**
 * A recovery key that was made on this device and not written down yet. It stays here until somebody says that they have it, because without it
 * losing this device would lose all encrypted messages; the device holds the keys that it opens anyway.
 */
export function keptRecoveryKey(settings: Settings, userId: string): string | undefined {
  return settings.get(key(userId))
}

export function keepRecoveryKey(settings: Settings, userId: string, recoveryKey: string | undefined) {
  settings.set(key(userId), recoveryKey)
}
