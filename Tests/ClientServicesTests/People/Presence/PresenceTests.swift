import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage
import Testing

@testable import ClientServices

struct PresenceTests {
    /// A world with a keeper whose rounds the test calls.
    private final class Scene {
        var world: RoomWorld
        private var pending = PresenceKeeper.Pending()

        init() async throws { world = try await RoomWorld() }

        func round() async throws { try await world.services.presenceKeeper.round(&pending) }

        var wakeAt: Int? { pending.wakeAt }

        func restart() async throws {
            world = try await world.restarted()
            pending = PresenceKeeper.Pending()
            try await world.services.presenceKeeper.restore()
        }

        /// The same person after a restart.
        func again(_ person: Person) -> Person { Person(world: world, caller: person.caller) }
    }

    /// The presence that a sync tells, by user.
    private func told(_ answer: JSON) -> [String: JSON] {
        var told: [String: JSON] = [:]
        for event in answer["presence"]?["events"]?.elements ?? JSON([]).elements where event["type"]?.equals("m.presence") == true {
            if let sender = event["sender"]?.string { told[sender] = event["content"] }
        }
        return told
    }

    private func next(_ answer: JSON) -> String { answer["next_batch"]?.string ?? "" }

    private func meeting(_ scene: Scene) async throws -> (alice: Person, bob: Person, room: String) {
        let alice = try await scene.world.person("alice")
        let bob = try await scene.world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        return (alice, bob, room)
    }

    @Test func `whoever syncs is online to those who share a room and to nobody else`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        let carol = try await scene.world.person("carol")
        let start = next(try await alice.sync())
        let carolStart = next(try await carol.sync())
        _ = try await bob.sync()
        try await scene.round()
        let news = told(try await alice.sync(since: start))
        #expect(news[bob.name]?["presence"]?.string == "online")
        #expect(news[bob.name]?["currently_active"]?.bool == true)
        #expect(news[bob.name]?["last_active_ago"]?.integer ?? -1 >= 0)
        #expect(news[carol.name] == nil)
        #expect(told(try await carol.sync(since: carolStart)).isEmpty)
    }

    @Test func `people are told of themselves what they said, not that they are connected`() async throws {
        let scene = try await Scene()
        let alice = try await scene.world.person("alice")
        let first = try await alice.sync()
        try await scene.round()
        let connected = try await alice.sync(since: next(first))
        #expect(told(connected).isEmpty)
        try await alice.device("PHONE").put("/presence/\(alice.name)/status", ["presence": "online", "status_msg": "busy"])
        try await scene.round()
        #expect(told(try await alice.sync(since: next(connected)))[alice.name]?["status_msg"]?.string == "busy")
    }

    @Test func `an initial sync tells of those who are there`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        let first = told(try await alice.sync())
        #expect(first[bob.name]?["presence"]?.string == "online")
        scene.world.clock.advance(40_000)
        try await scene.round()
        let later = told(try await alice.sync())
        #expect(later[bob.name] == nil)
    }

    @Test func `whoever ceases to sync is offline after half a minute`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        var since = next(try await alice.sync())
        scene.world.clock.advance(20_000)
        try await scene.round()
        let early = try await alice.sync(since: since)
        #expect(told(early)[bob.name] == nil)
        since = next(early)
        scene.world.clock.advance(15_000)
        try await scene.round()
        #expect(told(try await alice.sync(since: since))[bob.name]?["presence"]?.string == "offline")
        let asked = try await alice.get("/presence/\(bob.name)/status")
        #expect(asked["presence"]?.string == "offline")
    }

    @Test func `whoever does nothing for five minutes is idle until they do something`() async throws {
        let scene = try await Scene()
        let (alice, bob, room) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        var since = next(try await alice.sync())
        let board = scene.world.services.presenceKeeper.context.presence
        board.syncBegan(bob.user, device: "DEVICE_bob", declared: nil, at: scene.world.clock.environment.monotonicMilliseconds())
        scene.world.clock.advance(5 * 60_000)
        try await scene.round()
        let idle = try await alice.sync(since: since)
        #expect(told(idle)[bob.name]?["presence"]?.string == "unavailable")
        #expect(told(idle)[bob.name]?["currently_active"] == nil)
        since = next(idle)
        try await bob.say("back", in: room)
        try await scene.round()
        #expect(told(try await alice.sync(since: since))[bob.name]?["presence"]?.string == "online")
    }

    @Test func `activity alone is no news`() async throws {
        let scene = try await Scene()
        let (alice, bob, room) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        let since = next(try await alice.sync())
        scene.world.clock.advance(5_000)
        try await bob.say("hello", in: room)
        try await scene.round()
        #expect(told(try await alice.sync(since: since))[bob.name] == nil)
    }

    @Test func `set_presence hides or idles a person, and anything else is refused`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        _ = try await bob.sync(since: nil, [("set_presence", "offline")])
        try await scene.round()
        #expect(told(try await alice.sync())[bob.name] == nil)
        _ = try await bob.sync(since: nil, [("set_presence", "unavailable")])
        try await scene.round()
        #expect(told(try await alice.sync())[bob.name]?["presence"]?.string == "unavailable")
        let refusal = await failure { try await bob.sync(since: nil, [("set_presence", "busy")]) }
        #expect(refusal?.status == 400)
        #expect(refusal?.code == .invalidParam)
    }

    @Test func `one device that is active makes the person online`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        _ = try await bob.sync(since: nil, [("set_presence", "unavailable")])
        _ = try await bob.device("PHONE").sync(since: nil, [("set_presence", "online")])
        try await scene.round()
        #expect(told(try await alice.sync())[bob.name]?["presence"]?.string == "online")
    }

    @Test func `a status text is told, and outlives a restart`() async throws {
        let scene = try await Scene()
        var (alice, bob, _) = try await meeting(scene)
        let start = next(try await alice.sync())
        try await bob.put("/presence/\(bob.name)/status", ["presence": "online", "status_msg": "in a meeting"])
        try await scene.round()
        let news = try await alice.sync(since: start)
        #expect(told(news)[bob.name]?["status_msg"]?.string == "in a meeting")
        try await scene.restart()
        (alice, bob) = (scene.again(alice), scene.again(bob))
        let asked = try await alice.get("/presence/\(bob.name)/status")
        #expect(asked["status_msg"]?.string == "in a meeting")
        // Nobody came back after the restart: those who were told that they are there are told otherwise.
        scene.world.clock.advance(40_000)
        try await scene.round()
        let after = told(try await alice.sync(since: next(news)))
        #expect(after[bob.name]?["presence"]?.string == "offline")
        #expect(after[bob.name]?["status_msg"]?.string == "in a meeting")
        try await bob.put("/presence/\(bob.name)/status", ["presence": "online"])
        let cleared = try await alice.get("/presence/\(bob.name)/status")
        #expect(cleared["status_msg"] == nil)
    }

    @Test func `presence is one's own to set and of those who share a room to read`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        let carol = try await scene.world.person("carol")
        let foreign = await failure { try await alice.put("/presence/\(bob.name)/status", ["presence": "online"]) }
        #expect(foreign?.status == 403)
        let strange = await failure { try await carol.get("/presence/\(bob.name)/status") }
        #expect(strange?.status == 403)
        let wrong = await failure { try await bob.put("/presence/\(bob.name)/status", ["presence": "asleep"]) }
        #expect(wrong?.code == .invalidParam)
        let long = await failure {
            try await bob.put("/presence/\(bob.name)/status", ["presence": "online", "status_msg": .string(String(repeating: "x", count: 2_000))])
        }
        #expect(long?.status == 400)
        let own = try await carol.get("/presence/\(carol.name)/status")
        #expect(own["presence"]?.string == "offline")
    }

    @Test func `the presence filter and the list of ignored users are kept to`() async throws {
        let scene = try await Scene()
        let (alice, bob, _) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        let unwanted = told(try await alice.sync(since: nil, [("filter", #"{"presence":{"not_types":["m.presence"]}}"#)]))
        #expect(unwanted.isEmpty)
        let others = told(try await alice.sync(since: nil, [("filter", #"{"presence":{"not_senders":["\#(bob.name)"]}}"#)]))
        #expect(others[bob.name] == nil)
        try await scene.world.setAccountData(
            "m.ignored_user_list", ["ignored_users": .object([bob.name: [:]])], of: alice.user)
        #expect(told(try await alice.sync())[bob.name] == nil)
    }

    @Test func `whoever comes into a room learns who is there, and is told of`() async throws {
        let scene = try await Scene()
        let alice = try await scene.world.person("alice")
        let bob = try await scene.world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        let aliceStart = try await alice.sync()
        let bobStart = try await bob.sync()
        try await scene.round()
        #expect(told(aliceStart)[bob.name] == nil)
        try await bob.join(room)
        try await scene.round()
        #expect(told(try await bob.sync(since: next(bobStart)))[alice.name]?["presence"]?.string == "online")
        #expect(told(try await alice.sync(since: next(aliceStart)))[bob.name]?["presence"]?.string == "online")
    }

    @Test func `whoever left shares nothing any more`() async throws {
        let scene = try await Scene()
        let (alice, bob, room) = try await meeting(scene)
        _ = try await bob.sync()
        try await scene.round()
        let since = next(try await alice.sync())
        try await bob.leave(room)
        scene.world.clock.advance(40_000)
        try await scene.round()
        #expect(told(try await alice.sync(since: since))[bob.name] == nil)
    }

    @Test func `in a large room people are woken for presence together`() async throws {
        let scene = try await Scene()
        let (_, bob, room) = try await meeting(scene)
        let board = scene.world.services.presenceKeeper.context.presence
        for number in 0..<60 {
            let person = try await scene.world.person("guest\(number)")
            try await person.join(room)
            board.syncBegan(person.user, device: "D", declared: .online, at: scene.world.clock.environment.monotonicMilliseconds())
        }
        scene.world.clock.advance(10_000)
        try await scene.round()
        let wakes = scene.world.feed.wakes
        #expect(wakes > 0)
        _ = try await bob.sync()
        try await scene.round()
        #expect(scene.wakeAt != nil)
        #expect(scene.world.feed.wakes == wakes)
        scene.world.clock.advance(2_000)
        try await scene.round()
        #expect(scene.wakeAt == nil)
        #expect(scene.world.feed.wakes == wakes + 1)
    }

    @Test func `where presence is off nobody is told`() async throws {
        var settings = RoomSettings()
        settings.showsPresence = false
        let world = try await RoomWorld(settings: settings)
        let alice = try await world.person("alice")
        try await alice.put("/presence/\(alice.name)/status", ["presence": "online"])
        let asked = try await alice.get("/presence/\(alice.name)/status")
        #expect(asked["presence"]?.string == "offline")
        var pending = PresenceKeeper.Pending()
        try await world.services.presenceKeeper.round(&pending)
        #expect(told(try await alice.sync()).isEmpty)
    }
}
