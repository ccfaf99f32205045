import Database
import Logging
import MatrixModel
import RoomGraph

/// What every room shares.
struct Dependencies: Sendable {
    let database: Database
    let serverName: ServerName
    let signingKey: SigningKey
    let remote: any RemoteEvents
    let feed: CommitFeed
    let environment: Environment
    let events: EventCache
    let slots: SlotTable
    let eventNumbers: NumberAllocator
    let branchNumbers: NumberAllocator
    let creationTimes: RisingClock
    let erasures: Erasures
    let logger: Logger
}
