/** The entry `step` places after `current` that satisfies `accepts`, around the ends; from outside of the list the first, or the last. */
export function neighbour<T>(list: readonly T[], current: T | undefined, step: 1 | -1, accepts: (item: T) => boolean = () => true): T | undefined {
  const from = current === undefined ? -1 : list.indexOf(current)
  const start = from < 0 && step < 0 ? list.length : from
  for (let count = 1; count <= list.length; count += 1) {
    const place = (((start + step * count) % list.length) + list.length) % list.length
    const item = list[place]
    if (item !== undefined && item !== current && accepts(item)) return item
  }
  return undefined
}
