import Database
import MatrixModel
import RoomGraph
import Storage
import Synchronization

/// What is remembered for counting unread events; shared by all that count, and all of it can be had anew from the database.
final class UnreadBoard: Sendable {
    /// One person in one room.
    struct Place: Hashable, Sendable {
        let user: UserID
        let room: Int64
    }

    let database: Database
    let serverName: ServerName
    /// The server's default rules as they are for anybody.
    let defaults: PushEvaluator?
    private let tallies = Mutex(TwoGenerations<Int64, RoomTally>(limit: UnreadLimits.tallies))
    private let counts = Mutex(TwoGenerations<Place, UnreadTally>(limit: UnreadLimits.counts))
    private let rules = Mutex(TwoGenerations<UserID, PersonalRules>(limit: UnreadLimits.people))

    init(database: Database, serverName: ServerName) {
        self.database = database
        self.serverName = serverName
        // Nobody has this name, so that rules on the owner match where `mentionsOwner` says so alone.
        defaults = UserID("@nobody:nobody.invalid").map { PushEvaluator(PushRuleset(stored: nil, user: $0), owner: $0) }
    }

    /// The tally of a room; a new one begins at `head`.
    func tally(room: Int64, head: Position) -> RoomTally {
        tallies.withLock { tallies in
            if let known = tallies.value(for: room) { return known }
            let tally = RoomTally(room: room, head: head)
            tallies.insert(tally, for: room)
            return tally
        }
    }

    func count(_ place: Place) -> UnreadTally? { counts.withLock { $0.value(for: place) } }

    func keep(_ tally: UnreadTally, _ place: Place) { counts.withLock { $0.insert(tally, for: place) } }

    func forget(_ place: Place) { counts.withLock { _ = $0.remove(place) } }

    func rules(of user: UserID) -> PersonalRules? { rules.withLock { $0.value(for: user) } }

    func keep(_ rules: PersonalRules, of user: UserID) { self.rules.withLock { $0.insert(rules, for: user) } }

    /// Keeps a count over the next start; nobody waits for it.
    func save(_ checkpoint: UnreadCheckpointStore.Checkpoint, of user: UserID) {
        database.submit { try UnreadCheckpointStore($0).set(checkpoint, user: user) }
    }
}
