import type { MachineCore } from "./MachineCore"

const STORE = "secrets"

/** Private keys at rest. */
export class SecretStore {
  constructor(private readonly core: MachineCore) {}

  async put(name: string, secret: Uint8Array): Promise<void> {
    const sealed = await this.core.sealer.seal(secret, labelOf(name))
    await this.core.write([STORE], async (transaction) => transaction.put(STORE, { name, sealed }))
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const record = await this.core.read([STORE], (transaction) => transaction.get<{ sealed: Uint8Array }>(STORE, name))
    return record === undefined ? undefined : this.core.sealer.open(record.sealed, labelOf(name))
  }

  async delete(name: string): Promise<void> {
    await this.core.write([STORE], async (transaction) => transaction.delete(STORE, name))
  }
}

function labelOf(name: string): string {
  return `secret|${name}`
}
