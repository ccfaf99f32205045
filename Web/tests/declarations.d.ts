// The few declarations of node that the tests need; Debian has no types for it.
declare module "node:test" {
  interface TestContext { readonly name: string; diagnostic(message: string): void }
  type Body = (context: TestContext) => void | Promise<void>
  export function test(name: string, body: Body): Promise<void>
  export function test(name: string, options: { timeout?: number; skip?: boolean }, body: Body): Promise<void>
  export function describe(name: string, body: () => void): void
  export function beforeEach(body: () => void | Promise<void>): void
  export function afterEach(body: () => void | Promise<void>): void
  export default test
}
declare module "node:assert/strict" {
  interface Assert {
    (value: unknown, message?: string): asserts value
    ok(value: unknown, message?: string): asserts value
    equal(actual: unknown, expected: unknown, message?: string): void
    notEqual(actual: unknown, expected: unknown, message?: string): void
    deepEqual(actual: unknown, expected: unknown, message?: string): void
    throws(body: () => unknown, expected?: unknown, message?: string): void
    rejects(body: Promise<unknown> | (() => Promise<unknown>), expected?: unknown, message?: string): Promise<void>
    match(value: string, pattern: RegExp, message?: string): void
    fail(message?: string): never
  }
  const assert: Assert
  export default assert
}
declare module "node:crypto" {
  export const webcrypto: Crypto
}
declare module "node:fs" {
  export function readFileSync(path: string, encoding: "utf8"): string
  export function existsSync(path: string): boolean
}
declare module "node:child_process" {
  export interface Child {
    readonly stdin: { write(text: string): void; end(): void }
    readonly stdout: { on(event: "data", listener: (chunk: unknown) => void): void; setEncoding(encoding: string): void }
    readonly stderr: { on(event: "data", listener: (chunk: unknown) => void): void; setEncoding(encoding: string): void }
    on(event: "exit", listener: (code: number | null) => void): void
    kill(): void
  }
  export function spawn(command: string, args: readonly string[], options?: { env?: Record<string, string | undefined>; cwd?: string }): Child
}
declare const process: { readonly env: Record<string, string | undefined>; exit(code: number): never }
