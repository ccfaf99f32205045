import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

@Suite(.timeLimit(.minutes(2))) struct DurableMessagesTests {
    let network = MemoryNetwork()
    let clock = VirtualClock()
    let ann = user("@ann:alpha.test")

    private func alpha() async throws -> TestServer {
        let alpha = try await TestServer("alpha.test", on: network, clock: clock, seed: 1)
        try await alpha.addAccount("ann")
        return alpha
    }

    private func beta() async throws -> TestServer { try await TestServer("beta.test", on: network, clock: clock, seed: 2) }

    /// A sender as after a start of the server.
    private func sender(of server: TestServer) -> FederationSender {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return FederationServices(
            foundation: server.foundation, rooms: server.rooms, inbox: EphemeralInbox(), ports: FederationPorts(),
            software: (name: "Martlet", version: "0"), logger: logger
        ).sender
    }

    /// Runs a sender until so many durable messages were delivered, and gives them.
    private func deliver(_ sender: FederationSender, _ count: Int) async -> [JSON] {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            let sent = await network.sent.values { delivered($0).count >= count }
            group.cancelAll()
            return delivered(sent)
        }
    }

    private func delivered(_ sent: [MemoryNetwork.Sent]) -> [JSON] {
        sent.filter { $0.wasDelivered && $0.request.target.contains("/v1/send/") }.flatMap { sent -> [JSON] in
            (try? JSON.parse(sent.request.body ?? []))?["edus"]?.elements.map { $0 } ?? []
        }
    }

    private func queue(_ numbers: ClosedRange<Int>, at server: TestServer, for destination: ServerName) async throws {
        try await server.database.write { transaction in
            for number in numbers { try OutboundDeviceMessageStore(transaction).add(["message_id": .string("\(number)")], to: destination) }
        }
    }

    /// Reads until nothing waits for a destination any more: an acknowledgement follows the request by some turns.
    private func waitUntilEmpty(_ server: TestServer, _ destination: ServerName) async throws {
        while true {
            let waits = try await server.database.read { transaction in
                try !OutboundDeviceMessageStore(transaction).messages(for: destination, limit: 1).isEmpty
                    || !DeviceListOutbox(transaction).entries(for: destination, limit: 1).isEmpty
            }
            guard waits else { return }
            await Task.yield()
        }
    }

    @Test func `messages for devices survive an outage and a restart, in order`() async throws {
        let (alpha, beta) = (try await alpha(), try await beta())
        network.setDown(beta.name, true)
        try await queue(1...120, at: alpha, for: beta.name)
        let first = sender(of: alpha)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await first.run() }
            _ = await network.sent.values { !$0.isEmpty }
            group.cancelAll()
        }
        try await queue(121...150, at: alpha, for: beta.name)
        network.setDown(beta.name, false)
        clock.advance(by: 3_600_000)
        let edus = await deliver(sender(of: alpha), 150)
        #expect(edus.compactMap { $0["content"]?["message_id"]?.string } == (1...150).map(String.init))
        #expect(edus.allSatisfy { $0["edu_type"]?.string == "m.direct_to_device" })
    }

    @Test func `what was acknowledged is not sent again`() async throws {
        let (alpha, beta) = (try await alpha(), try await beta())
        try await queue(1...3, at: alpha, for: beta.name)
        let sender = sender(of: alpha)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            try await waitUntilEmpty(alpha, beta.name)
            try await queue(4...4, at: alpha, for: beta.name)
            sender.notify([beta.name])
            try await waitUntilEmpty(alpha, beta.name)
            group.cancelAll()
        }
        #expect(delivered(network.sent.values).compactMap { $0["content"]?["message_id"]?.string } == ["1", "2", "3", "4"])
    }

    @Test func `updates of device lists are as things stand when they go out, each naming the one before`() async throws {
        let (alpha, beta) = (try await alpha(), try await beta())
        let room = try await alpha.makeRoom(by: "ann")
        try await beta.join(room, as: "bob", via: alpha.name)
        let ann = ann
        let keys = JSON(["user_id": .string(ann.description), "device_id": "A"])
        let changed = try await alpha.database.write { transaction in
            for device in ["A", "B"] { try DeviceStore(transaction).ensure(device, of: ann, displayName: "secret", at: 1) }
            try DeviceKeyStore(transaction).set(keys, of: ann, device: "A")
            let lists = DeviceListStore(transaction)
            return [try lists.note(["A"], of: ann), try lists.note(["B"], of: ann), try lists.note([DeviceListStore.signingKeys], of: ann)]
        }
        #expect(changed.allSatisfy { $0.servers == [beta.name] })
        let sender = sender(of: alpha)
        let updates = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            try await waitUntilEmpty(alpha, beta.name)
            _ = try await alpha.database.write { try DeviceListStore($0).note(["A"], of: ann) }
            sender.notify([beta.name])
            try await waitUntilEmpty(alpha, beta.name)
            group.cancelAll()
            return delivered(network.sent.values).filter { $0["edu_type"]?.string == "m.device_list_update" }.compactMap { $0["content"] }
        }
        #expect(updates.map { $0["device_id"]?.string } == ["A", "B", "A"])
        #expect(updates.first?["keys"] == keys)
        #expect(updates.allSatisfy { $0["device_display_name"] == nil })
        // A device without keys is none that others know.
        #expect(updates.dropFirst().first?["deleted"]?.bool == true)
        let streams = updates.compactMap { $0["stream_id"]?.integer }
        #expect(streams.count == 3)
        #expect(updates.map { $0["prev_id"]?.elements.compactMap(\.integer) ?? [] } == [[], [streams[0]], [streams[1]]])
    }

    @Test func `a message that the other server refuses does not hold up the others`() async throws {
        let alpha = try await alpha()
        let refusing = server("refusing.test")
        network.serve(refusing) { request, _ throws(TransportError) in
            let text = String(decoding: request.body ?? [], as: UTF8.self)
            let isRefused = text.contains("\"message_id\":\"2\"")
            return InboundAnswer(
                status: isRefused ? 400 : 200,
                body: (isRefused ? MatrixError.badJSON("no").body : ["pdus": [:]] as JSONValue).bytes())
        }
        try await queue(1...4, at: alpha, for: refusing)
        let sender = sender(of: alpha)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            try await waitUntilEmpty(alpha, refusing)
            group.cancelAll()
        }
        let last = network.sent.values.suffix(4).map { String(decoding: $0.request.body ?? [], as: UTF8.self) }
        #expect(last.last?.contains("\"message_id\":\"4\"") == true)
    }
}
