import Database
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

struct DeviceListTests {
    /// Two people who share a room.
    private func pair() async throws -> (world: KeyWorld, alice: KeyClient, bob: KeyClient, room: String) {
        let world = try await KeyWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom()
        try await bob.join(room)
        return (world, alice, bob, room)
    }

    @Test func `new keys are told to those who share a room and to the person`() async throws {
        let (world, alice, bob, _) = try await pair()
        let carol = try await world.person("carol")
        let tokens = (try await alice.token(), try await bob.token(), try await carol.token())
        try await alice.uploadDeviceKeys()
        #expect(try await bob.sync(since: tokens.1).changedDevices == [alice.name])
        #expect(try await alice.sync(since: tokens.0).changedDevices == [alice.name])
        #expect(try await carol.sync(since: tokens.2).changedDevices == [])
        // The same keys again are no news.
        let token = try await bob.token()
        try await alice.uploadDeviceKeys()
        #expect(try await bob.sync(since: token).changedDevices == [])
    }

    @Test func `an initial sync has no device lists`() async throws {
        let (_, alice, bob, _) = try await pair()
        try await alice.uploadDeviceKeys()
        let sync = try await bob.sync()
        #expect(sync.changedDevices == [] && sync.leftDevices == [])
    }

    @Test func `renaming and removing a device with keys is told, one without keys is nobody's business`() async throws {
        let (world, alice, bob, _) = try await pair()
        let tablet = try await world.client(alice.user, "TABLET")
        try await tablet.uploadDeviceKeys()
        var token = try await bob.token()
        try await alice.put("/devices/TABLET", ["display_name": "new name"])
        var sync = try await bob.sync(since: token)
        #expect(sync.changedDevices == [alice.name])
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?["TABLET"]?["unsigned"]?["device_display_name"]?.string == "new name")
        token = sync.nextBatch
        try await alice.put("/devices/PHONE", ["display_name": "new name"])
        #expect(try await bob.sync(since: token).changedDevices == [])
        try await tablet.send("hello", to: alice.user, "TABLET", transaction: "1")
        try await tablet.upload(oneTimeKeys: ["A"])
        try await tablet.post("/logout")
        sync = try await bob.sync(since: token)
        #expect(sync.changedDevices == [alice.name])
        #expect(try await bob.query(alice.user)["device_keys"]?[alice.name]?.count == 0)
        #expect(try await bob.claim(from: tablet) == nil)
        let waits = try await world.database.read { try DeviceMessageStore($0).extent(for: "TABLET", of: alice.user) != nil }
        #expect(!waits)
        #expect(try await bob.get("/keys/changes", [("from", token), ("to", sync.nextBatch)])["changed"] == JSON([.string(alice.name)]))
    }

    @Test func `joining a room shows its members, and the members the one who joins`() async throws {
        let (world, alice, bob, room) = try await pair()
        let carol = try await world.person("carol")
        let tokens = (try await alice.token(), try await carol.token())
        try await carol.join(room)
        #expect(try await alice.sync(since: tokens.0).changedDevices == [carol.name])
        #expect(try await carol.sync(since: tokens.1).changedDevices == [alice.name, bob.name])
        // A change of the profile is no join.
        let token = try await alice.token()
        try await carol.put("/profile/\(carol.name)/displayname", ["displayname": "Carol"])
        #expect(try await alice.sync(since: token).changedDevices == [])
    }

    @Test func `leaving the last shared room is told to both, leaving another is not`() async throws {
        let (_, alice, bob, room) = try await pair()
        let other = try await alice.createRoom()
        try await bob.join(other)
        var token = try await alice.token()
        try await bob.leave(other)
        #expect(try await alice.sync(since: token).leftDevices == [])
        token = try await alice.token()
        let bobToken = try await bob.token()
        try await bob.leave(room)
        let sync = try await alice.sync(since: token)
        #expect(sync.leftDevices == [bob.name])
        #expect(sync.changedDevices == [])
        #expect(try await bob.sync(since: bobToken).leftDevices == [alice.name])
        // Who shares no room is told nothing.
        try await bob.uploadDeviceKeys()
        #expect(try await alice.sync(since: sync.nextBatch).changedDevices == [])
    }

    @Test func `leaving and coming back between two syncs is no leaving`() async throws {
        let (_, alice, bob, room) = try await pair()
        let token = try await alice.token()
        try await bob.leave(room)
        try await bob.uploadDeviceKeys()
        try await bob.join(room)
        let sync = try await alice.sync(since: token)
        #expect(sync.leftDevices == [])
        #expect(sync.changedDevices == [bob.name])
    }

    @Test func `a restart changes nothing of what is told`() async throws {
        let (world, alice, bob, room) = try await pair()
        let carol = try await world.person("carol")
        try await carol.join(room)
        let token = try await alice.token()
        try await bob.uploadDeviceKeys()
        try await carol.leave(room)
        let restarted = KeyClient(world: try await world.restarted(), user: alice.user, device: "PHONE")
        let (before, after) = (try await alice.sync(since: token), try await restarted.sync(since: token))
        #expect(before.changedDevices == [bob.name] && before.leftDevices == [carol.name])
        #expect(after.changedDevices == [bob.name] && after.leftDevices == [carol.name])
    }

    @Test func `a waiting sync is woken by a change of keys`() async throws {
        let (world, alice, bob, _) = try await pair()
        let token = try await bob.token()
        async let waiting = bob.get("/sync", [("since", token), ("timeout", "60000")])
        while world.rooms.feed.waitingCount == 0 { await Task.yield() }
        try await alice.uploadDeviceKeys()
        #expect(try await waiting.changedDevices == [alice.name])
    }

    @Test func `keys between tokens that are none are refused`() async throws {
        let (_, alice, _, _) = try await pair()
        #expect(await failure { try await alice.get("/keys/changes", [("from", "x"), ("to", "s1_1")]) }?.code == .invalidParam)
        #expect(await failure { try await alice.get("/keys/changes", [("from", "s1_1")]) }?.code == .missingParam)
    }

    @Test func `every answer of sync counts the keys`() async throws {
        let (_, alice, bob, _) = try await pair()
        try await alice.upload(oneTimeKeys: ["A", "B", "C"])
        let token = try await alice.token()
        #expect(try await alice.sync(since: token)["device_one_time_keys_count"]?["signed_curve25519"]?.integer == 3)
        _ = try await bob.claim(from: alice)
        #expect(try await alice.sync(since: token)["device_one_time_keys_count"]?["signed_curve25519"]?.integer == 2)
        #expect(try await bob.sync()["device_one_time_keys_count"]?.count == 0)
    }
}
