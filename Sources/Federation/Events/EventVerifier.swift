public import MatrixModel
public import RoomGraph

/// Turns what other servers send into verified events: format, signatures by fetched keys, content hash.
public struct EventVerifier: Sendable {
    private let keys: ServerKeys
    /// Events checked before other tasks get a turn: some milliseconds of work.
    private static let eventsPerTurn = 50

    public init(keys: ServerKeys) {
        self.keys = keys
    }

    /// Why one PDU is dropped.
    public enum Failure: Error, Sendable, CustomStringConvertible {
        case format(EventFormatError)
        case verification(VerificationFailure)
        /// It belongs to another room than the one asked about.
        case ofAnotherRoom

        public var description: String {
            switch self {
            case .format(let error): error.description
            case .verification(let error): error.description
            case .ofAnotherRoom: "The event is of another room."
            }
        }
    }

    /// Reads and checks PDUs of one room; what fails is left out.
    public func verified(_ pdus: some Sequence<JSON>, room: RoomID, rules: RoomVersionRules) async -> [VerifiedEvent] {
        var events: [Event] = []
        for pdu in pdus {
            guard let event = try? PDU.parse(pdu, rules: rules), event.roomID == room else { continue }
            events.append(event)
            if events.count % EventVerifier.eventsPerTurn == 0 { await Task.yield() }
        }
        return await verify(events).compactMap { try? $0.get() }
    }

    /// Reads and checks two lists of PDUs of one room; what both have is checked once and given in the first alone.
    public func verified(
        _ first: some Sequence<JSON>, then second: some Sequence<JSON>, room: RoomID, rules: RoomVersionRules
    ) async -> (first: [VerifiedEvent], second: [VerifiedEvent]) {
        var seen: Set<EventID> = []
        var events: [Event] = []
        func add(_ pdus: some Sequence<JSON>) async {
            for pdu in pdus {
                guard let event = try? PDU.parse(pdu, rules: rules), event.roomID == room, seen.insert(event.id).inserted else { continue }
                events.append(event)
                if events.count % EventVerifier.eventsPerTurn == 0 { await Task.yield() }
            }
        }
        await add(first)
        let boundary = events.count
        await add(second)
        let results = await verify(events)
        return (results[..<boundary].compactMap { try? $0.get() }, results[boundary...].compactMap { try? $0.get() })
    }

    /// Reads and checks one PDU of a room.
    public func verified(_ pdu: JSON, room: RoomID, rules: RoomVersionRules) async throws(Failure) -> VerifiedEvent {
        let event: Event
        do { event = try PDU.parse(pdu, rules: rules) } catch { throw .format(error) }
        guard event.roomID == room else { throw .ofAnotherRoom }
        guard let result = await verify([event]).first else { throw .ofAnotherRoom }
        do { return try result.get() } catch { throw .verification(error) }
    }

    /// Checks events, in the order given; the keys of all are fetched together.
    ///
    /// `pending` is a server that has yet to sign (`VerifiedEvent.verify`).
    public func verify(_ events: [Event], pending: ServerName? = nil) async -> [Result<VerifiedEvent, VerificationFailure>] {
        var needs: Set<KeyNeed> = []
        for event in events {
            let time = EventVerifier.validityTime(of: event)
            for (server, keyIDs) in VerifiedEvent.requiredKeys(of: event) {
                for keyID in keyIDs.prefix(EventVerifier.keysPerSigner) { needs.insert(KeyNeed(server: server, keyID: keyID, validAt: time)) }
            }
        }
        let ring = await keys.ring(for: Array(needs))
        var results: [Result<VerifiedEvent, VerificationFailure>] = []
        results.reserveCapacity(events.count)
        for (index, event) in events.enumerated() {
            let time = EventVerifier.validityTime(of: event)
            do throws(VerificationFailure) {
                results.append(.success(try VerifiedEvent.verify(event, pending: pending) { ring.key(of: $0, $1, validAt: time) }))
            } catch {
                results.append(.failure(error))
            }
            if index % EventVerifier.eventsPerTurn == EventVerifier.eventsPerTurn - 1 { await Task.yield() }
        }
        return results
    }

    /// The keys that are needed, for checks that are not of whole events.
    func ring(for needs: [KeyNeed]) async -> KeyRing { await keys.ring(for: needs) }

    /// When a key must have been valid, in room versions that ask for it.
    private static func validityTime(of event: Event) -> Int? {
        event.rules.enforcesKeyValidity ? event.originServerTS : nil
    }

    /// Most signatures of one server on one event that are looked at.
    private static let keysPerSigner = 8
}
