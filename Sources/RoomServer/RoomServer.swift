public import Database
public import Logging
public import MatrixModel
public import RoomGraph
import Storage
import Synchronization

/// The rooms of this server: loads, decides and commits, one event of a room at a time.
public final class RoomServer: Sendable {
    let dependencies: Dependencies
    private let rooms: Mutex<GenerationalCache<RoomID, Room>>

    /// Reads where the numbers stand; everything else is read when a room is first used.
    public init(
        database: Database, serverName: ServerName, signingKey: SigningKey, remote: any RemoteEvents, feed: CommitFeed, environment: Environment,
        logger: Logger
    ) async throws {
        let numbers = try await database.read { transaction in
            let events = EventStore(transaction)
            return (
                try events.largestNumber(), try events.largestBranch(), try StateStore(transaction).largestSlot(),
                try ErasureStore(transaction).erasures()
            )
        }
        dependencies = Dependencies(
            database: database, serverName: serverName, signingKey: signingKey, remote: remote, feed: feed, environment: environment,
            events: EventCache(database: database), slots: SlotTable(database: database, newNumbers: NumberAllocator(after: numbers.2)),
            eventNumbers: NumberAllocator(after: numbers.0),
            branchNumbers: NumberAllocator(after: numbers.1), creationTimes: RisingClock(), erasures: Erasures(numbers.3),
            logger: logger)
        rooms = Mutex(GenerationalCache(limit: Limits.cachedRooms))
    }

    public var serverName: ServerName { dependencies.serverName }
    public var database: Database { dependencies.database }
    public var feed: CommitFeed { dependencies.feed }
    public var environment: Environment { dependencies.environment }
    public var erasures: Erasures { dependencies.erasures }

    /// Makes a room; answers when it is durable.
    public func create(_ creation: RoomCreation) async throws -> RoomID {
        try await RoomCreator(dependencies: dependencies).create(creation)
    }

    /// Sends an event of a local user; answers when it is durable. Throws 403 with the rule that refuses it, 404 for an unknown room, 413.
    public func append(_ event: NewEvent, to room: RoomID) async throws -> CommittedEvent {
        try await self.room(room).append(event)
    }

    /// The actor of a room.
    func room(_ id: RoomID) -> Room {
        rooms.withLock { rooms in
            if let room = rooms.value(for: id) { return room }
            let room = Room(id: id, dependencies: dependencies)
            rooms.insert(room, for: id)
            return room
        }
    }
}
