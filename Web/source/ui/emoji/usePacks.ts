import { useEffect, useState } from "react"
import { availablePacks, packsOf, spacesOf } from "../../domain/packs/availablePacks"
import { enabledPackTypes, userPackType, type ImagePack } from "../../domain/packs/ImagePack"
import { recentEmojiType, favouriteEmoji } from "../../domain/emoji/recentEmoji"
import type { Room } from "../../matrix/contract/room"
import type { Session } from "../../matrix/contract/session"
import { useSession } from "../bridge/contexts"
import { useObservable } from "../bridge/useObservable"

/** The packs that are at hand in a room, kept current while they are shown. */
export function usePacks(room: Room | undefined): readonly ImagePack[] {
  const session = useSession()
  const [packs, setPacks] = useState<readonly ImagePack[]>(() => availablePacks(session, room))
  useEffect(() => watchPacks(session, room, setPacks), [session, room])
  return packs
}

/** Calls `tell` with the packs at hand now and after each change of theirs. */
export function watchPacks(session: Session, room: Room | undefined, tell: (packs: readonly ImagePack[]) => void): () => void {
  let isWaiting = false
  let isEnded = false
  const look = () => {
    if (isWaiting) return
    // Many state events come at once; one look after them is enough.
    isWaiting = true
    queueMicrotask(() => {
      isWaiting = false
      if (!isEnded) tell(availablePacks(session, room))
    })
  }
  const near = room === undefined ? [] : [room, ...spacesOf(session, room)]
  const ends = [
    ...[...enabledPackTypes, userPackType].map((type) => session.accountData(type).subscribe(look)), ...near.map((one) => packsOf(one).subscribe(look)),
  ]
  for (const one of near) if (!one.isStateLoaded.get()) void one.loadState().then(look, () => undefined)
  look()
  return () => {
    isEnded = true
    ends.forEach((end) => end())
  }
}

/** The emoji and pictures that this account used lately and often. */
export function useRecentEmoji(limit = 27): readonly string[] {
  const session = useSession()
  return favouriteEmoji(useObservable(session.accountData(recentEmojiType)), limit)
}
