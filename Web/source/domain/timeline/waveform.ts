/** Brings loudnesses to a number of bars: the mean of each stretch, or repeated where there are fewer. */
export function resampled(values: readonly number[], count: number): number[] {
  if (values.length === 0) return Array.from({ length: count }, () => 0)
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * values.length) / count)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * values.length) / count))
    let sum = 0
    for (let at = from; at < to; at += 1) sum += values[at] ?? 0
    return sum / (to - from)
  })
}

/** Loudnesses of a recording as MSC1767 wants them: whole numbers to 1024, the loudest at the top. */
export function waveformContent(values: readonly number[], count = 100): number[] {
  const bars = resampled(values, Math.min(count, Math.max(1, values.length)))
  const loudest = bars.reduce((most, value) => Math.max(most, value), 0.01)
  return bars.map((value) => Math.round((Math.max(0, value) / loudest) * 1024))
}
