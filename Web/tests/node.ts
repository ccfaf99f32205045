/** Makes node 18 look like node 20: WebCrypto as a global. */
import { webcrypto } from "node:crypto"

if (globalThis.crypto === undefined) Object.defineProperty(globalThis, "crypto", { value: webcrypto })
