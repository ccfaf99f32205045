// What the libraries of TypeScript 4.8 leave out of workers' scope, and every browser and node have.
interface AbortController {
  abort(reason?: unknown): void
}
