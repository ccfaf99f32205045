import Database
import Logging
import MatrixModel
import RoomServer
public import ServiceLifecycle
import Storage

/// What happens in a person's rooms because of their account: a new profile is announced, a deactivated account leaves.
///
/// What is to be done is written with its cause, so that it outlives a crash; in a few rooms it is done at once, in many beside the server's work.
public final class OwnMemberships: Service {
    private let rooms: RoomServer
    private let remote: RemoteRooms
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Rooms read at a time, and errands.
    private static let page = 64
    private static let errands = 1_000
    /// In so many rooms, an errand is done before its request is answered.
    private static let few = 16

    init(rooms: RoomServer, remote: RemoteRooms, logger: Logger) {
        self.rooms = rooms
        self.remote = remote
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Does a person's errand at once where they are in few rooms, else sees that it is done.
    func attend(to user: UserID) async throws {
        let (errand, rooms) = try await rooms.database.read { transaction in
            let errand = try MembershipErrandStore(transaction).errand(of: user)
            return (errand, try errand.map { try OwnMemberships.rooms($0, limit: OwnMemberships.few + 1, transaction) } ?? [])
        }
        guard let errand, errand.afterRoom == 0, rooms.count <= OwnMemberships.few else {
            signal.yield()
            return
        }
        try await carryOut(errand, in: rooms)
        try await self.rooms.database.write { try MembershipErrandStore($0).finish(errand) }
    }

    /// Runs until cancelled or asked to shut down.
    public func run() async throws {
        signal.yield()
        await cancelWhenGracefulShutdown {
            for await _ in self.signals { await self.attendToAll() }
        }
    }

    /// Does what is to be done for anybody.
    func attendToAll() async {
        do {
            while !Task.isCancelled {
                let errands = try await rooms.database.read { try MembershipErrandStore($0).errands(limit: OwnMemberships.errands) }
                guard !errands.isEmpty else { return }
                for errand in errands { try await finish(errand) }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning("a change of people's rooms has to wait", metadata: ["error": "\(error)"])
        }
    }

    private func finish(_ first: MembershipErrand) async throws {
        while let errand = try await rooms.database.read({ try MembershipErrandStore($0).errand(of: first.user) }) {
            try Task.checkCancellation()
            let rooms = try await rooms.database.read { try OwnMemberships.rooms(errand, limit: OwnMemberships.page, $0) }
            guard let last = rooms.last else {
                try await self.rooms.database.write { try MembershipErrandStore($0).finish(errand) }
                return
            }
            try await carryOut(errand, in: rooms)
            try await self.rooms.database.write { try MembershipErrandStore($0).advance(errand, through: last.number) }
        }
    }

    /// One room of a person.
    private struct Place: Sendable {
        let number: Int64
        let id: RoomID
        let inviter: UserID
    }

    private static func rooms(_ errand: MembershipErrand, limit: Int, _ transaction: Transaction) throws -> [Place] {
        let store = RoomStore(transaction)
        var places: [Place] = []
        for row in try MembershipStore(transaction).memberships(of: errand.user) where row.room > errand.afterRoom {
            switch (errand.kind, row.membership) {
            case (.announce, .join), (.depart, .join), (.depart, .invite), (.depart, .knock): break
            case (.announce, .invite), (.announce, .knock), (.announce, .leave), (.announce, .ban), (.depart, .leave), (.depart, .ban): continue
            }
            guard places.count < limit else { break }
            if let id = try store.room(number: row.room)?.id { places.append(Place(number: row.room, id: id, inviter: row.sender)) }
        }
        return places
    }

    // MARK: One step

    private func carryOut(_ errand: MembershipErrand, in places: [Place]) async throws {
        let content = try await content(of: errand)
        await withTaskGroup(of: Void.self) { group in
            var waiting = places.makeIterator()
            for _ in 0..<AccountLimits.concurrentAnnouncements {
                guard let place = waiting.next() else { break }
                group.addTask { await self.send(content, errand, to: place) }
            }
            while await group.next() != nil {
                guard let place = waiting.next() else { continue }
                group.addTask { await self.send(content, errand, to: place) }
            }
        }
        try Task.checkCancellation()
    }

    private func content(of errand: MembershipErrand) async throws -> JSONValue {
        switch errand.kind {
        case .depart: return ["membership": "leave"]
        case .announce:
            let basics = try await rooms.database.read { try ProfileStore($0).basics(of: errand.user) }
            var content: JSONValue = ["membership": "join"]
            content["displayname"] = basics.displayName.map(JSONValue.string)
            content["avatar_url"] = basics.avatarURL.map(JSONValue.string)
            return content
        }
    }

    /// A room that refuses the change stays as it is.
    private func send(_ content: JSONValue, _ errand: MembershipErrand, to place: Place) async {
        let user = errand.user
        do {
            do {
                _ = try await rooms.append(
                    NewEvent(type: "m.room.member", stateKey: user.description, sender: user, content: content), to: place.id)
            } catch let error as MatrixError where error.status == 404 && errand.kind == .depart {
                // An invite or a knock of a room that this server is not in: its own servers are told.
                let servers = [place.inviter.server] + (place.id.server.map { [$0] } ?? [])
                try await remote.changeMembership(place.id, user, .leave, servers.filter { $0 != rooms.serverName }, [:])
            }
        } catch {
            logger.notice("a room refuses a member's change", metadata: ["room": "\(place.id)", "error": "\(error)"])
        }
    }
}
