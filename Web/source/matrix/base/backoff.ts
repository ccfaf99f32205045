/** How long to wait before the next of several tries: doubling from `first` to `most` milliseconds, spread by chance. */
export function backoff(attempt: number, first = 1_000, most = 60_000): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 16))
  return ceiling * (0.6 + 0.4 * Math.random())
}
