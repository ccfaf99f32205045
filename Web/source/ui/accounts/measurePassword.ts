/** How hard a password is to guess, roughly: 0 (nothing) to 4 (strong). Long counts more than odd signs. */
export function passwordStrength(password: string, username: string): 0 | 1 | 2 | 3 | 4 {
  if (password === "") return 0
  const lower = password.toLowerCase()
  const isObvious = (username !== "" && lower.includes(username.toLowerCase()))
    || /^(.)\1+$/.test(password) || /^(?:0?123456\d*|abcdef\w*|qwert\w*|passwor[dt]\w*|letmein\w*|admin\w*|iloveyou\w*|hallo\w*|martlet\w*)$/.test(lower)
  if (password.length < 8 || isObvious) return 1
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  const distinct = new Set(lower).size
  const score = password.length + kinds * 2 + Math.min(distinct, 14) / 2
  return score < 17 ? 2 : score < 23 ? 3 : 4
}
