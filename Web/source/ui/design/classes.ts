/** Class names joined; what is not text is left out. */
export function classes(...names: readonly (string | false | undefined | null)[]): string {
  return names.filter((name): name is string => typeof name === "string" && name !== "").join(" ")
}
