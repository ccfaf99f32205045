import { Value } from "../../matrix/base/observable"
import type { RoomID } from "../../matrix/contract/events"
import { MatrixError, type SearchHit, type SearchQuery, type Session } from "../../matrix/contract/session"

/** What a search for messages has found so far. */
export interface SearchState {
  readonly kind: "idle" | "searching" | "found" | "failed"
  readonly query: SearchQuery | undefined
  readonly hits: readonly SearchHit[]
  readonly count: number | undefined
  readonly highlights: readonly string[]
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  readonly error: MatrixError | undefined
}

const nothing: SearchState = {
  kind: "idle", query: undefined, hits: [], count: undefined, highlights: [], hasMore: false, isLoadingMore: false, error: undefined,
}

/** Hits of one room that stand together. */
export interface HitGroup { readonly room: RoomID; readonly hits: readonly SearchHit[] }

/** One search for messages with its pages. The answer to a search that was given up for another is dropped. */
export class MessageSearch {
  readonly state = new Value<SearchState>(nothing)
  private generation = 0
  private next: string | undefined

  constructor(private readonly session: Pick<Session, "search">) {}

  clear() {
    this.generation += 1
    this.state.set(nothing)
  }

  async run(query: SearchQuery): Promise<void> {
    this.generation += 1
    const generation = this.generation
    this.state.set({ ...nothing, kind: "searching", query })
    try {
      const page = await this.session.search(query)
      if (generation !== this.generation) return
      this.next = page.next
      this.state.set({ ...nothing, kind: "found", query, hits: unique(page.hits), count: page.count, highlights: page.highlights, hasMore: page.next !== undefined })
    } catch (error) {
      if (generation === this.generation) this.state.set({ ...nothing, kind: "failed", query, error: matrixError(error) })
    }
  }

  async more(): Promise<void> {
    const state = this.state.get()
    if (state.kind !== "found" || state.query === undefined || this.next === undefined || state.isLoadingMore) return
    const generation = this.generation
    this.state.set({ ...state, isLoadingMore: true, error: undefined })
    try {
      const page = await this.session.search({ ...state.query, next: this.next })
      if (generation !== this.generation) return
      this.next = page.next
      this.state.set({
        ...state, hits: unique([...state.hits, ...page.hits]), highlights: [...new Set([...state.highlights, ...page.highlights])],
        count: page.count ?? state.count, hasMore: page.next !== undefined, isLoadingMore: false, error: undefined,
      })
    } catch (error) {
      if (generation === this.generation) this.state.set({ ...state, isLoadingMore: false, error: matrixError(error) })
    }
  }
}

/** Neighbouring hits of the same room together, the order of the hits kept. */
export function hitGroups(hits: readonly SearchHit[]): readonly HitGroup[] {
  const groups: { room: RoomID; hits: SearchHit[] }[] = []
  for (const hit of hits) {
    const last = groups[groups.length - 1]
    if (last !== undefined && last.room === hit.room) last.hits.push(hit)
    else groups.push({ room: hit.room, hits: [hit] })
  }
  return groups
}

function unique(hits: readonly SearchHit[]): readonly SearchHit[] {
  const seen = new Set<string>()
  return hits.filter((hit) => {
    const id = hit.event.id ?? hit.event.key
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

function matrixError(error: unknown): MatrixError {
  return error instanceof MatrixError ? error : new MatrixError("NETWORK", String(error), 0)
}
