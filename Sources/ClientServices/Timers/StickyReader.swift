import Database
import MatrixAPI
import MatrixModel
import Storage

/// Reads what is sticky in rooms for one joined person in one snapshot (MSC4354).
///
/// "History visibility checks MUST NOT be applied to sticky events. Any joined user is authorised to see sticky events."
struct StickyReader {
    let reader: RoomReader
    /// Milliseconds since the epoch.
    let now: Int
    /// Senders whose events the person does not want.
    let ignored: Set<String>
    /// Most events of one room in one answer.
    static let largestBatch = 2_000

    /// The sticky events of a room that clients are told of after one position and up to another, oldest first, each with its position.
    ///
    /// For who joins, or has nothing yet, `start` is 0. `shown` are events, by number, that the same answer's timeline has.
    func events(
        room: Int64, after start: Position, through end: Position, except shown: Set<Int64> = [], limit: Int = largestBatch
    ) throws -> [StickyEvent] {
        try StickyEventStore(reader.transaction).events(room: room, after: start, through: end, unexpiredAt: now, limit: limit).filter {
            !shown.contains($0.stored.number) && !ignored.contains($0.stored.event.sender.description)
        }
    }

    /// The events in their form for clients, with the identifiers that the person's own device gave them.
    func fragments(_ events: [StickyEvent], device: String) throws -> [JSONFragment] {
        let own = events.map(\.stored.event).filter { $0.sender == reader.user }.map(\.id)
        let transactions = try ClientTransactionStore(reader.transaction).transactionIDs(of: own, user: reader.user, device: device)
        let delays = try DelayedEventStore(reader.transaction).delayIDs(of: own, user: reader.user)
        return try events.map { sticky in
            let id = sticky.stored.event.id
            let view = ClientEvent.Reader(now: now, transactionID: transactions[id], delayID: delays[id], namesRoom: false)
            return try reader.clientEvent(sticky.stored).fragment(for: view)
        }
    }
}
