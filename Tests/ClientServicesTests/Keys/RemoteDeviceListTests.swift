import Database
import MatrixModel
import RoomGraph
import RoomServer
import Storage
import Testing

@testable import ClientServices

struct RemoteDeviceListTests {
    private static let far = RoomWorld.user("far", at: "far.example")
    private var far: UserID { Self.far }

    /// The identity keys of the remote user's device.
    private func keys(_ device: String, _ curve: String = "c") -> JSONValue {
        [
            "user_id": .string(far.description), "device_id": .string(device), "algorithms": ["a"],
            "keys": .object(["curve25519:\(device)": .string(curve)]), "signatures": [:],
        ]
    }

    private func list(stream: Int, _ devices: [String: String]) -> JSONValue {
        let devices = devices.keys.sorted().map { device -> JSONValue in
            ["device_id": .string(device), "keys": keys(device, devices[device] ?? ""), "device_display_name": "secret"]
        }
        return ["user_id": .string(far.description), "stream_id": .integer(stream), "devices": .array(devices)]
    }

    private func update(_ device: String, stream: Int, after previous: [Int], _ curve: String? = nil) -> JSON {
        var content: JSONValue = [
            "user_id": .string(far.description), "device_id": .string(device), "stream_id": .integer(stream),
            "prev_id": .array(previous.map(JSONValue.integer)),
        ]
        if let curve { content["keys"] = keys(device, curve) } else { content["deleted"] = true }
        return JSON(content)
    }

    private func shared() async throws -> (world: KeyWorld, alice: KeyClient, room: String) {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let room = try await alice.createRoom()
        try await world.setMembership(.join, of: far, in: room)
        world.neighbours.set(devices: list(stream: 5, ["D1": "one"]), of: far)
        return (world, alice, room)
    }

    private func devices(_ client: KeyClient) async throws -> [String: String] {
        let found = try await client.query(far)["device_keys"]?[far.description]?.members.map { device, keys in
            (device, keys["keys"]?["curve25519:\(device)"]?.string ?? "")
        }
        return Dictionary(uniqueKeysWithValues: found ?? [])
    }

    @Test func `a list is fetched once while a room is shared`() async throws {
        let (world, alice, _) = try await shared()
        #expect(try await devices(alice) == ["D1": "one"])
        #expect(try await devices(alice) == ["D1": "one"])
        #expect(world.neighbours.asked == ["devices @far:far.example"])
    }

    @Test func `updates in order are applied without asking`() async throws {
        let (world, alice, _) = try await shared()
        _ = try await devices(alice)
        let token = try await alice.token()
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D2", stream: 6, after: [5], "two"), from: far.server)
        #expect(try await alice.sync(since: token).changedDevices == [far.description])
        #expect(try await devices(alice) == ["D1": "one", "D2": "two"])
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D1", stream: 7, after: [6]), from: far.server)
        #expect(try await devices(alice) == ["D2": "two"])
        #expect(world.neighbours.asked.count == 1)
        // The same update again is passed over.
        let later = try await alice.token()
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D1", stream: 7, after: [6]), from: far.server)
        #expect(try await alice.sync(since: later).changedDevices == [])
    }

    @Test(arguments: [[8], [], [5, 8]])
    func `a gap makes the list be fetched anew`(_ previous: [Int]) async throws {
        let (world, alice, _) = try await shared()
        _ = try await devices(alice)
        world.neighbours.set(devices: list(stream: 9, ["D9": "nine"]), of: far)
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D2", stream: 9, after: previous, "two"), from: far.server)
        #expect(try await devices(alice) == ["D9": "nine"])
        #expect(world.neighbours.asked.count == 2)
    }

    @Test func `a list that cannot be fetched anew is shown as it was, with its server named`() async throws {
        let (world, alice, _) = try await shared()
        _ = try await devices(alice)
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D2", stream: 9, after: [8], "two"), from: far.server)
        world.neighbours.setDown(true)
        let answer = try await alice.query(far)
        #expect(answer["failures"]?["far.example"] != nil)
        #expect(answer["device_keys"]?[far.description]?["D1"] != nil)
        world.neighbours.setDown(false)
        #expect(try await alice.query(far)["failures"]?.count == 0)
    }

    @Test func `a list is not trusted after a time without a shared room`() async throws {
        let (world, alice, room) = try await shared()
        _ = try await devices(alice)
        try await world.setMembership(.leave, of: far, in: room)
        // Updates meanwhile do not come here.
        world.neighbours.set(devices: list(stream: 8, ["D8": "eight"]), of: far)
        try await world.setMembership(.join, of: far, in: room)
        #expect(try await devices(alice) == ["D8": "eight"])
    }

    @Test func `users without a shared room are asked for each time`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        world.neighbours.set(answer: ["device_keys": .object([far.description: .object(["D": keys("D", "x")])])], to: "query")
        #expect(try await devices(alice) == ["D": "x"])
        #expect(try await devices(alice) == ["D": "x"])
        #expect(world.neighbours.asked == ["query far.example", "query far.example"])
        world.neighbours.setDown(true)
        #expect(try await alice.query(far)["failures"]?["far.example"]?["status"]?.integer == 503)
    }

    @Test func `updates by another server, and of nobody in a shared room, are passed over`() async throws {
        let (world, alice, _) = try await shared()
        _ = try await devices(alice)
        let token = try await alice.token()
        let other = RoomWorld.serverName("evil.example")
        try await world.keys.inbox.deviceChange("m.device_list_update", update("D2", stream: 6, after: [5], "two"), from: other)
        let stranger = JSON(["user_id": "@stranger:far.example", "device_id": "D", "stream_id": 1])
        try await world.keys.inbox.deviceChange("m.device_list_update", stranger, from: far.server)
        #expect(try await alice.sync(since: token).changedDevices == [])
        #expect(try await devices(alice) == ["D1": "one"])
    }

    @Test func `devices that claim to be others are left out`() async throws {
        let (world, alice, _) = try await shared()
        let forged: JSONValue = ["device_id": "D2", "keys": keys("D1")]
        world.neighbours.set(
            devices: ["user_id": .string(far.description), "stream_id": 1, "devices": [forged, ["device_id": "D1", "keys": keys("D1", "one")]]],
            of: far)
        #expect(try await devices(alice) == ["D1": "one"])
    }

    @Test func `cross-signing keys come with updates`() async throws {
        let (world, alice, _) = try await shared()
        _ = try await devices(alice)
        let token = try await alice.token()
        let master: JSONValue = ["user_id": .string(far.description), "usage": ["master"], "keys": ["ed25519:abc": "abc"]]
        let content: JSONValue = ["user_id": .string(far.description), "master_key": master]
        try await world.keys.inbox.deviceChange("m.signing_key_update", JSON(content), from: far.server)
        #expect(try await alice.sync(since: token).changedDevices == [far.description])
        #expect(try await alice.query(far)["master_keys"]?[far.description] == JSON(master))
    }

    // MARK: This server's devices, to others

    @Test func `other servers are told of changes, in a chain, and only of those`() async throws {
        let (world, alice, _) = try await shared()
        try await alice.uploadDeviceKeys()
        let entries = try await world.database.read { [far] in try DeviceListOutbox($0).entries(for: far.server, limit: 10) }
        #expect(entries.map(\.device) == ["PHONE"])
        #expect(world.neighbours.woken == [far.server])
        let shown = try await world.keys.peers.devices(of: alice.user)
        #expect(shown["stream_id"]?.integer == entries.first.map { Int($0.stream) })
        #expect(shown["devices"]?.array?.first?["keys"] == JSON(alice.deviceKeys()).value)
        #expect(shown["devices"]?.array?.first?["device_display_name"] == nil)
        let queried = try await world.keys.peers.query(JSON(["device_keys": .object([alice.name: [], far.description: []])]))
        #expect(queried["device_keys"]?.object?.keys.sorted() == [alice.name])
        #expect(await failure { try await world.keys.peers.devices(of: RoomWorld.user("nobody")) }?.status == 404)
    }

    @Test func `a server met in a new room is introduced to all devices, once`() async throws {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await alice.uploadDeviceKeys()
        try await world.client(alice.user, "TABLET").uploadDeviceKeys()
        let room = try await bob.createRoom()
        try await world.setMembership(.join, of: far, in: room)
        let from = try await world.keys.follower.follow(from: 0)
        try await alice.join(room)
        for start in [from, 0] {
            _ = try await world.keys.follower.follow(from: start)
            let entries = try await world.database.read { [far] in try DeviceListOutbox($0).entries(for: far.server, limit: 10) }
            #expect(entries.map(\.device) == ["PHONE", "TABLET"])
            #expect(entries.allSatisfy { $0.user == alice.user })
        }
        let entries = try await world.database.write { [far] transaction in
            let outbox = DeviceListOutbox(transaction)
            for entry in try outbox.entries(for: far.server, limit: 10) { try outbox.acknowledge(entry, by: far.server) }
            return try outbox.entries(for: far.server, limit: 10)
        }
        #expect(entries == [])
        // After a restart the journal is read again, to no effect.
        let restarted = try await world.restarted()
        _ = try await restarted.keys.follower.follow(from: 0)
        let waiting = try await world.database.read { [far] in try DeviceListOutbox($0).entries(for: far.server, limit: 10) }
        #expect(waiting.isEmpty)
    }
}
