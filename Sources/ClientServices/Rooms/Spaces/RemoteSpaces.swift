import Database
import Federation
import Logging
import MatrixModel
import Synchronization

/// What other servers tell of rooms and their children, remembered for some minutes.
final class RemoteSpaces: Sendable {
    /// A room of another server, and those of its children that the server told of.
    struct Told: Sendable {
        let summary: RoomSummary
        let children: [RoomID: RoomSummary]
        /// "the requesting server should consider these room IDs as not accessible from anywhere. They should not be re-requested."
        let inaccessible: Set<RoomID>

        /// Nil where the answer names no room.
        init?(_ json: JSON) {
            guard let summary = json["room"].flatMap({ RoomSummary(told: $0) }) else { return nil }
            self.summary = summary
            var children: [RoomID: RoomSummary] = [:]
            for child in json["children"]?.elements.prefix(SpaceLimits.children).map({ $0 }) ?? [] {
                if let summary = RoomSummary(told: child) { children[summary.room] = summary }
            }
            self.children = children
            let names = json["inaccessible_children"]?.elements.prefix(SpaceLimits.children).map { $0 } ?? []
            inaccessible = Set(names.compactMap { $0.string.flatMap { RoomID($0) } })
        }
    }

    private struct Key: Hashable {
        let room: RoomID
        let isSuggestedOnly: Bool
    }

    private let remote: RemoteRooms
    private let serverName: ServerName
    private let environment: Environment
    private let logger: Logger
    private let known = Mutex(TwoGenerations<Key, (told: Told?, end: Int)>(limit: SpaceLimits.remembered))
    private let flights = SingleFlight<Key, Told?>()

    init(remote: RemoteRooms, serverName: ServerName, environment: Environment, logger: Logger) {
        self.remote = remote
        self.serverName = serverName
        self.environment = environment
        self.logger = logger
    }

    /// What is told of a room; nil where nobody tells of it, or not in time.
    func told(of room: RoomID, suggestedOnly: Bool, via: [ServerName], milliseconds: Int) async throws -> Told? {
        let key = Key(room: room, isSuggestedOnly: suggestedOnly)
        let now = environment.monotonicMilliseconds()
        if let entry = known.withLock({ $0.value(for: key) }), entry.end > now { return entry.told }
        let servers = via.filter { $0 != serverName }
        guard !servers.isEmpty, milliseconds > 0 else { return nil }
        return try await flights.run(key) { try await self.ask(key, servers, milliseconds) }
    }

    private func ask(_ key: Key, _ via: [ServerName], _ milliseconds: Int) async throws -> Told? {
        let remote = remote
        var json: JSON?
        do {
            json =
                try await Deadline.run(milliseconds: min(milliseconds, SpaceLimits.remoteRoomMilliseconds), environment) {
                    try await remote.hierarchy(key.room, Array(via.prefix(SpaceLimits.serversPerRoom)), key.isSuggestedOnly)
                } ?? nil
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.debug("a room's summary could not be had", metadata: ["room": "\(key.room)", "error": "\(error)"])
        }
        let told = json.flatMap { Told($0) }
        let bytes = json?.rawBytes.count ?? 0
        if bytes <= SpaceLimits.rememberedBytes {
            let duration = told == nil ? SpaceLimits.failureMilliseconds : SpaceLimits.rememberedMilliseconds
            let end = environment.monotonicMilliseconds() + duration
            known.withLock { $0.insert((told, end), for: key) }
        }
        return told
    }
}
