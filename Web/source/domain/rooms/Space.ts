import { Value } from "../../matrix/base/observable"
import { member } from "../../matrix/base/read"
import { MartletType, type RoomID } from "../../matrix/contract/events"
import { childLink, validOrder, type ChildLink } from "./order"
import type { SpaceSource } from "./RoomSource"
import { isSameUnread, nothingUnread, type UnreadSum } from "./unread"

/** Room account data of a space: where a person placed it among their servers (MSC3230). */
export const spaceOrderType = "org.matrix.msc3230.space_order"

/** A joined space as `RoomIndex` keeps it. */
export class Space {
  readonly unread = new Value<UnreadSum>(nothingUnread, isSameUnread)
  /** Grows whenever what the space holds, at any depth, changed. */
  readonly structure = new Value(0)
  private links: ReadonlyMap<RoomID, ChildLink> = new Map()
  private ends: (() => void)[] = []

  constructor(readonly id: RoomID, private readonly source: SpaceSource) {}

  get children(): ReadonlyMap<RoomID, ChildLink> {
    return this.links
  }

  get order(): string | undefined {
    return validOrder(member(this.source.accountData(spaceOrderType).get(), "order"))
  }

  /** Watches the space; `childrenChanged` gets the children before and after. */
  open(changed: { children: (before: ReadonlyMap<RoomID, ChildLink>) => void; order: () => void; layout: () => void; failed: (error: unknown) => void }) {
    const children = this.source.stateOf("m.space.child")
    const read = () => {
      const before = this.links
      const next = new Map<RoomID, ChildLink>()
      for (const event of children.get().values()) {
        const link = childLink(event)
        if (link !== undefined && link.id !== this.id) next.set(link.id, link)
      }
      this.links = next
      changed.children(before)
    }
    this.ends = [
      children.subscribe(read), this.source.accountData(spaceOrderType).subscribe(changed.order),
      this.source.state(MartletType.categories).subscribe(changed.layout),
    ]
    read()
    this.source.loadState().catch(changed.failed)
  }

  close() {
    for (const end of this.ends) end()
    this.ends = []
    this.links = new Map()
  }
}
