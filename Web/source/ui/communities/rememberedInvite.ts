const key = "martlet.invite"

/** Keeps an invite link's code while somebody makes an account or signs in; until the tab is closed. */
export function rememberInvite(code: string) {
  sessionStorage.setItem(key, code)
}

/** The code that was kept, without taking it. */
export function rememberedInvite(): string | undefined {
  return sessionStorage.getItem(key) ?? undefined
}

/** The code that was kept, once. */
export function takeRememberedInvite(): string | undefined {
  const code = sessionStorage.getItem(key) ?? undefined
  sessionStorage.removeItem(key)
  return code
}
