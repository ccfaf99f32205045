const lifetime = 5 * 60_000
let kept: { readonly userId: string; readonly password: string; readonly timer: number } | undefined

/** Keeps a password that was just typed for a few minutes in memory, so that setting up encryption need not ask for it again. */
export function rememberPassword(userId: string, password: string) {
  forgetPassword()
  kept = { userId, password, timer: window.setTimeout(forgetPassword, lifetime) }
}

/** The password that was typed a moment ago, for this account. */
export function rememberedPassword(userId: string): string | undefined {
  return kept?.userId === userId ? kept.password : undefined
}

export function forgetPassword() {
  if (kept !== undefined) window.clearTimeout(kept.timer)
  kept = undefined
}
