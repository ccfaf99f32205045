import Database
import MatrixModel
import RoomGraph
import RoomServer

/// Events from another server, in transactions of 50.
enum ReceiveBenchmark {
    static func run(_ folder: String) async throws {
        let one = try await BenchmarkServer("sender.example", folder: folder)
        let two = try await BenchmarkServer("receiver.example", folder: folder)
        let room = try await one.makeRoom()
        try await enter(two, "bob", room, of: one)
        var wire: [[UInt8]] = []
        for index in 0..<10_000 {
            guard let event = try await one.say("message \(index) of a usual length, as people write them", room).event else { continue }
            wire.append(Array(event.json.rawBytes))
        }
        guard let key = VerifyKey(publicKey: one.key.publicKey) else { return }
        let rules = RoomVersion.v11.rules
        var verified: [VerifiedEvent] = []
        let checking = Meter()
        for bytes in wire {
            let event = try PDU.parse(try JSON.parse(bytes), rules: rules)
            verified.append(try VerifiedEvent.verify(event) { _, _ in key })
        }
        checking.report("parse and check a PDU", count: wire.count)
        let judging = Meter()
        for start in stride(from: 0, to: verified.count, by: 50) {
            let batch = Array(verified[start..<min(start + 50, verified.count)])
            for outcome in await two.rooms.receive(batch, in: room, from: one.name) { _ = try outcome.get() }
        }
        judging.report("judge and store, transactions of 50", count: verified.count)
        one.database.close()
        two.database.close()
    }

    /// Lets a user of one server enter a room of the other.
    static func enter(_ joining: BenchmarkServer, _ localpart: String, _ room: RoomID, of host: BenchmarkServer) async throws {
        let user = try joining.user(localpart)
        let (template, rules) = try await host.rooms.membershipTemplate(room: room, user: user, membership: .join)
        let json = JSON(template)
        let draft = EventDraft(
            roomID: room, type: "m.room.member", stateKey: user.description, sender: user, content: json["content"] ?? JSON(.object([:])),
            originServerTS: json["origin_server_ts"]?.integer ?? 0, depth: json["depth"]?.integer ?? 0, prevEvents: ids(json["prev_events"]),
            authEvents: ids(json["auth_events"]))
        let event = try draft.signed(by: joining.name, with: joining.key, rules: rules)
        let accepting = Meter()
        let accepted = try await host.rooms.acceptMembership(.trusted(event), from: joining.name)
        accepting.report("  accept a join to a state of \(accepted.state.count)", count: 1)
        let importing = Meter()
        _ = try await joining.rooms.importJoin(
            rules: rules, join: .trusted(accepted.event), state: accepted.state.map { .trusted($0) },
            authChain: accepted.authChain.map { .trusted($0) })
        importing.report("  import a join to a state of \(accepted.state.count), auth chain \(accepted.authChain.count)", count: 1)
    }

    private static func ids(_ list: JSON?) -> [EventID] {
        var found: [EventID] = []
        for element in list?.elements.map({ $0 }) ?? [] { if let id = element.string.flatMap({ EventID($0) }) { found.append(id) } }
        return found
    }
}
