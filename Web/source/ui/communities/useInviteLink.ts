import { useEffect, useState } from "react"
import { createInviteLink, revokeInviteLink, type InviteLink } from "../../domain/communities/inviteLinks"
import type { API } from "../../matrix/contract/session"

/** How long and how often a link works; null for ever and without end. */
export interface LinkWish { readonly expiresIn: number | null; readonly maxUses: number | null }

interface Made { readonly wish: LinkWish; readonly link: Promise<InviteLink>; readonly at: number }

/** A link is offered again for this long, so that looking at the dialog twice makes one link. */
const freshMilliseconds = 3_600_000
const made = new Map<string, Made>()

/** A link as wished: the one made a while ago, or a new one; one that nobody used and that is no longer wanted is revoked. */
export function useInviteLink(api: API, room: string, wish: LinkWish): { link: InviteLink | undefined; error: unknown } {
  const [state, setState] = useState<{ link: InviteLink | undefined; error: unknown }>({ link: undefined, error: undefined })
  useEffect(() => {
    let isWanted = true
    linkFor(api, room, wish).then((link) => {
      if (isWanted) setState({ link, error: undefined })
    }, (error: unknown) => {
      made.delete(room)
      if (isWanted) setState({ link: undefined, error })
    })
    return () => {
      isWanted = false
    }
  }, [api, room, wish])
  return state
}

function linkFor(api: API, room: string, wish: LinkWish): Promise<InviteLink> {
  const before = made.get(room)
  const now = Date.now()
  if (before !== undefined && before.wish.expiresIn === wish.expiresIn && before.wish.maxUses === wish.maxUses && now - before.at < freshMilliseconds) return before.link
  const link = createInviteLink(api, room, wish)
  made.set(room, { wish, link, at: now })
  if (before !== undefined && now - before.at < freshMilliseconds) {
    // Made by the change of a setting a moment ago, and shown to nobody.
    void before.link.then((old) => (shared.has(old.code) ? undefined : revokeInviteLink(api, old.code))).catch(() => undefined)
  }
  return link
}

const shared = new Set<string>()

/** Marks a link as given away: it stays when another is made. */
export function markShared(link: InviteLink) {
  shared.add(link.code)
}
