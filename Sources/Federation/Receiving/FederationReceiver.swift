public import Database
public import Logging
public import MatrixAPI
public import MatrixModel
import RoomGraph
public import RoomServer
import Storage
import Synchronization

/// Takes in the transactions of other servers (server-server API, "Transactions").
public final class FederationReceiver: Sendable {
    private let rooms: RoomServer
    private let verifier: EventVerifier
    private let inbox: EphemeralInbox
    private let limits: FederationLimits
    private let environment: Environment
    private let logger: Logger
    private let flights = SingleFlight<Incoming, SendTransaction.Response>()
    private let turns: KeyedPermits<ServerName>
    private let received = Atomic<Int>(0)

    /// One transaction, by its names.
    private struct Incoming: Hashable, Sendable {
        let origin: ServerName
        let id: String
    }
    /// Transactions between two clearings of remembered answers, and how long those are kept.
    private static let transactionsPerClearing = 500
    private static let answersKeptMilliseconds = 24 * 3_600_000

    public init(
        rooms: RoomServer, verifier: EventVerifier, inbox: EphemeralInbox, limits: FederationLimits, environment: Environment, logger: Logger
    ) {
        self.rooms = rooms
        self.verifier = verifier
        self.inbox = inbox
        self.limits = limits
        self.environment = environment
        self.logger = logger
        turns = KeyedPermits(limit: 1, maximumWaiting: limits.transactionsPerOrigin)
    }

    /// Handles a transaction once; the same one again, even while it is handled, gets the same answer.
    public func receive(_ request: SendTransaction.Request, from origin: ServerName) async throws -> SendTransaction.Response {
        guard request.origin == nil || request.origin == origin.description else {
            throw MatrixError.forbidden("The transaction's origin is not the server that sent it.")
        }
        let incoming = Incoming(origin: origin, id: request.transactionID)
        return try await flights.run(incoming) { [self] in
            if let answer = try await remembered(incoming) { return answer }
            do {
                return try await turns.withPermit(for: origin) { [self] in try await handle(request, incoming) }
            } catch is KeyedPermits<ServerName>.Overloaded {
                throw MatrixError(429, .limitExceeded, "Too many transactions at once.", extra: ["retry_after_ms": 1_000])
            }
        }
    }

    private func remembered(_ incoming: Incoming) async throws -> SendTransaction.Response? {
        let bytes = try await rooms.database.read { try ReceivedTransactionStore($0).response(to: incoming.id, from: incoming.origin) }
        guard let bytes, let json = try? JSON.parse(bytes), let pdus = json["pdus"] else { return nil }
        var results: [String: String?] = [:]
        for (event, result) in pdus.members { results.updateValue(result["error"]?.string, forKey: event) }
        return SendTransaction.Response(results: results)
    }

    private func handle(_ request: SendTransaction.Request, _ incoming: Incoming) async throws -> SendTransaction.Response {
        let results = try await receive(request.pdus, from: incoming.origin)
        try await receive(edus: request.edus, from: incoming.origin)
        let response = SendTransaction.Response(results: results)
        let bytes = response.payload.encoded().bytes
        let now = environment.nowMilliseconds()
        let clears = received.wrappingAdd(1, ordering: .relaxed).newValue % FederationReceiver.transactionsPerClearing == 0
        try await rooms.database.write { transaction in
            let store = ReceivedTransactionStore(transaction)
            try store.record(incoming.id, from: incoming.origin, response: bytes, at: now)
            if clears { _ = try store.deleteOld(before: now - FederationReceiver.answersKeptMilliseconds) }
        }
        return response
    }

    // MARK: Events

    /// A PDU whose room is known: its format was checked, nothing else.
    private struct Candidate: Sendable {
        let event: Event
        let isParticipating: Bool
    }

    /// Checks and hands on the events: rooms side by side, the events of one room in order. Gives a result by event ID.
    private func receive(_ pdus: [JSON], from origin: ServerName) async throws -> [String: String?] {
        guard !pdus.isEmpty else { return [:] }
        let access = try await access(of: origin, to: pdus.compactMap { PDU.roomID(of: $0) })
        var results: [String: String?] = [:]
        var candidates: [Candidate] = []
        for pdu in pdus {
            switch candidate(pdu, access) {
            case .candidate(let candidate): candidates.append(candidate)
            case .refused(let name, let reason): if let name { results.updateValue(reason, forKey: name) }
            }
        }
        var verified: [RoomID: (events: [VerifiedEvent], isParticipating: Bool)] = [:]
        for (candidate, result) in zip(candidates, await verifier.verify(candidates.map(\.event))) {
            switch result {
            case .success(let event):
                verified[candidate.event.roomID, default: ([], candidate.isParticipating)].events.append(event)
            case .failure(let failure):
                results.updateValue(failure.description, forKey: candidate.event.id.description)
                logger.info("dropped an event", metadata: ["event": "\(candidate.event.id)", "origin": "\(origin)", "reason": "\(failure)"])
            }
        }
        return try await withThrowingTaskGroup(of: [(EventID, String?)].self) { group in
            var waiting = verified.keys.sorted()[...]
            func addNext() {
                guard let room = waiting.popFirst(), let entry = verified[room] else { return }
                group.addTask { try await self.receive(entry.events, in: room, isParticipating: entry.isParticipating, from: origin) }
            }
            for _ in 0..<limits.roomsAtOnce { addNext() }
            while let outcomes = try await group.next() {
                for (event, error) in outcomes { results.updateValue(error, forKey: event.description) }
                addNext()
            }
            return results
        }
    }

    /// What is known of a room named in a transaction.
    private struct Access: Sendable {
        let rules: RoomVersionRules
        let isParticipating: Bool
        let isAllowed: Bool
    }

    private func access(of origin: ServerName, to named: [RoomID]) async throws -> [RoomID: Access] {
        let named = Set(named).sorted()
        let rows = try await rooms.database.read { transaction in
            let store = RoomStore(transaction)
            return try named.compactMap { try store.room($0) }
        }
        var access: [RoomID: Access] = [:]
        for row in rows {
            access[row.id] = Access(
                rules: row.version.rules, isParticipating: row.isParticipating, isAllowed: try await rooms.isAllowed(origin, in: row.id))
        }
        return access
    }

    private enum Sorted {
        case candidate(Candidate)
        /// Why a PDU is refused, under its event ID where it has one.
        case refused(String?, String)
    }

    private func candidate(_ pdu: JSON, _ access: [RoomID: Access]) -> Sorted {
        let given = pdu["event_id"]?.string
        guard let room = PDU.roomID(of: pdu) else { return .refused(given, "The event names no room.") }
        guard let access = access[room] else { return .refused(given, "The room is not known here.") }
        let name = ReferenceHash.eventID(pdu, access.rules)?.description ?? given
        // "If the sending server is denied access to the room identified by room_id, the PDU MUST be ignored with an appropriate error."
        guard access.isAllowed else { return .refused(name, "The room's server ACL does not allow your server.") }
        do {
            let event = try PDU.parse(pdu, rules: access.rules)
            return .candidate(Candidate(event: event, isParticipating: access.isParticipating))
        } catch {
            return .refused(name, error.description)
        }
    }

    private func receive(
        _ events: [VerifiedEvent], in room: RoomID, isParticipating: Bool, from origin: ServerName
    ) async throws -> [(EventID, String?)] {
        guard isParticipating else {
            var outcomes: [(EventID, String?)] = []
            for event in events { outcomes.append((event.event.id, try await receiveOutOfBand(event))) }
            return outcomes
        }
        var outcomes: [(EventID, String?)] = []
        for (verified, outcome) in zip(events, await rooms.receive(events, in: room, from: origin)) {
            outcomes.append((verified.event.id, try FederationReceiver.error(in: outcome)))
        }
        return outcomes
    }

    /// What the sender is told of an outcome; a failure of this server is thrown, so that the transaction comes again.
    private static func error(in outcome: Result<ReceiveOutcome, any Error>) throws -> String? {
        switch outcome {
        case .success(.accepted), .success(.softFailed), .success(.duplicate): return nil
        case .success(.rejected(let rule)): return rule
        case .failure(let error as ReceiveError): return "\(error)"
        case .failure(let error as FederationError): return error.description
        case .failure(let error as MatrixError): return error.message
        case .failure(let error): throw error
        }
    }

    /// An event of a room that this server is not in: only the end of a local user's invite or knock matters.
    private func receiveOutOfBand(_ verified: VerifiedEvent) async throws -> String? {
        let event = verified.event
        guard event.type == "m.room.member", event.membership == .leave || event.membership == .ban,
            let user = event.stateKey.flatMap({ UserID($0) }), user.server == rooms.serverName
        else { return "This server is not in the room." }
        let room = event.roomID
        let standing = try await rooms.database.read { transaction -> MembershipRow? in
            guard let row = try RoomStore(transaction).room(room) else { return nil }
            return try MembershipStore(transaction).membership(of: user, room: row.number)
        }
        guard let standing, standing.membership == .invite || standing.membership == .knock else { return "This server is not in the room." }
        // Nothing here can tell who may take an invite back; its own server may.
        guard standing.membership == .knock || standing.sender.server == event.sender.server else {
            return "The invite came from another server."
        }
        try await rooms.recordOutOfBand(verified, strippedState: [], rules: event.rules)
        return nil
    }

    // MARK: Ephemeral messages

    /// Throws where a message that must not be lost could not be stored: the transaction then comes again.
    private func receive(edus: [JSON], from origin: ServerName) async throws {
        for edu in edus {
            guard let type = edu["edu_type"]?.string, let content = edu["content"], content.isObject else { continue }
            do {
                try await receive(type, content, from: origin)
            } catch {
                logger.info("an ephemeral message failed", metadata: ["type": "\(type)", "origin": "\(origin)", "error": "\(error)"])
                if type == "m.direct_to_device" || type == "m.device_list_update", error is DatabaseError { throw error }
            }
        }
    }

    private func receive(_ type: String, _ content: JSON, from origin: ServerName) async throws {
        switch type {
        case "m.typing":
            guard let room = content["room_id"]?.string.flatMap({ RoomID($0) }), try await rooms.isAllowed(origin, in: room) else { return }
            try await inbox.typing(content, origin)
        case "m.receipt":
            var allowed: [String: JSONValue] = [:]
            for (name, receipts) in content.members {
                // "All receipts for a particular room ID MUST be ignored if the sending server is denied access to the room."
                guard let room = RoomID(name), try await rooms.isAllowed(origin, in: room) else { continue }
                allowed[name] = receipts.value
            }
            if !allowed.isEmpty { try await inbox.receipts(JSON(.object(allowed)), origin) }
        case "m.presence": try await inbox.presence(content, origin)
        case "m.device_list_update", "m.signing_key_update": try await inbox.deviceChange(type, content, origin)
        case "m.direct_to_device": try await inbox.directToDevice(content, origin)
        default: break
        }
    }
}
