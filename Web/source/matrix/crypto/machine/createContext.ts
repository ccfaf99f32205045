import type { EncryptionContext, ExportedSession } from "./EncryptionContext"
import { importable } from "./InboundStore"
import type { NewSession } from "./InboundStore"
import type { Machine } from "./Machine"
import type { MachineCore } from "./MachineCore"

/** The machine as identity, verification, backup and export see it. */
export function createContext(core: MachineCore, machine: Machine): EncryptionContext {
  const { sessions, secrets, devices, account } = machine
  return {
    platform: core.platform, database: core.database, api: core.api, host: core.host, userId: core.userId, deviceId: core.deviceId,
    get ownKeys() {
      return machine.ownKeys
    },
    sign: async (object) => account.sign((await account.require()).account, object),
    lock: (work) => core.lock(work),
    storeSecret: (name, secret) => secrets.put(name, secret),
    readSecret: (name) => secrets.get(name),
    deleteSecret: (name) => secrets.delete(name),
    devicesOf: (userId) => machine.devicesOf(userId),
    storedDevices: (userId) => devices.stored(userId),
    crossSigningKeysOf: (userId) => devices.crossSigning(userId),
    refreshDevices: (userIds) => machine.refreshDevices(userIds),
    setBlocked: (userId, deviceId, isBlocked) => devices.setBlocked(userId, deviceId, isBlocked),
    onDevicesChanged: (listener) => core.onDevicesChanged(listener),
    sendToDevice: (type, messages) => machine.sendToDevice(type, messages),
    sendEncryptedToDevice: (to, type, content) => machine.sendEncryptedToDevice(to, type, content),
    onToDevice: (type, listener) => machine.onToDevice(type, listener),
    onRoomVerification: (listener) => machine.onRoomVerification(listener),
    putInboundSessions: (exported, source, options) => {
      const usable = exported.map((session) => importable(session, source, options)).filter((one): one is NewSession => one !== undefined)
      return sessions.put(usable)
    },
    exportedSession: (room, sessionId) => sessions.exported(room, sessionId),
    exportSessions: (visit) => sessions.exportAll(visit),
    sessionsToBackUp: (limit) => sessions.waiting(limit),
    countSessionsToBackUp: () => sessions.countWaiting(),
    markBackedUp: (done: readonly ExportedSession[]) => sessions.markBackedUp(done),
    markAllForBackup: () => sessions.markAllWaiting(),
    onSessionsToBackUp: (listener) => core.onSessionsChanged((_, isWaiting) => {
      if (isWaiting) listener()
    }),
    onMissingSession: (listener) => machine.onMissingSession(listener),
  }
}
