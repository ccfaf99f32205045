import Database
import MatrixAPI
import MatrixModel
import Storage
import Testing

@testable import ClientServices

struct SafetyTests {
    @Test func `reports are kept with what was reported`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let event = try await alice.say("rude words", in: room)
        try await bob.post("/rooms/\(room)/report/\(event)", ["reason": "rude", "score": -70])
        try await bob.post("/rooms/\(room)/report", ["reason": "bad place"])
        try await bob.post("/users/\(alice.name)/report", ["reason": ""])
        let kept = try await world.database.read { try ReportStore($0).reports(limit: 10).map(\.report) }
        #expect(kept.count == 3)
        #expect(kept.allSatisfy { $0.reporter == bob.user && $0.received > 0 })
        #expect(kept[0].subject == .user(alice.user))
        #expect(kept[1].subject == RoomID(room).map { .room($0) })
        #expect(kept[1].reason == "bad place")
        guard case .event(let id, let place, let json) = kept[2].subject else {
            Issue.record("no event was kept")
            return
        }
        #expect(id.description == event)
        #expect(place.description == room)
        #expect(kept[2].reason == "rude")
        #expect(kept[2].score == -70)
        #expect(try JSON.parse(json)["content"]?["body"]?.string == "rude words")
    }

    @Test func `the answer to a report does not tell what exists`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom()
        let event = try await alice.say("hello", in: room)
        try await bob.post("/rooms/\(room)/report", ["reason": "x"])
        try await bob.post("/rooms/!nowhere:here.example/report", ["reason": "x"])
        try await bob.post("/users/\(alice.name)/report", ["reason": "x"])
        try await bob.post("/users/@nobody:here.example/report", ["reason": "x"])
        // Who is not in the room gets the same answer for an event that is there as for one that is not.
        let hidden = await failure { try await bob.post("/rooms/\(room)/report/\(event)", [:]) }
        let absent = await failure { try await bob.post("/rooms/\(room)/report/$nothing", [:]) }
        #expect(hidden?.status == 404)
        #expect(absent?.status == hidden?.status)
        #expect(absent?.code == hidden?.code)
        let without = await failure { try await bob.post("/users/\(alice.name)/report", [:]) }
        #expect(without?.code == .missingParam)
    }

    @Test func `one person's reports are bounded`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        try await world.database.write { transaction in
            let store = ReportStore(transaction)
            for number in 0..<5 {
                for reporter in [alice.user, bob.user] {
                    try store.add(
                        Report(subject: .user(alice.user), reporter: reporter, reason: "\(number)", score: nil, received: 1), keeping: 7,
                        perReporter: 3)
                }
            }
        }
        let kept = try await world.database.read { try ReportStore($0).reports(limit: 100).map(\.report) }
        #expect(kept.filter { $0.reporter == bob.user }.map(\.reason) == ["4", "3", "2"])
        #expect(kept.filter { $0.reporter == alice.user }.map(\.reason) == ["4", "3", "2"])
    }

    @Test(arguments: ["m.invite_permission_config", "org.matrix.msc4380.invite_permission_config"])
    func `whoever blocks invites gets none`(type: String) async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom()
        let other = try await alice.createRoom()
        try await alice.invite(bob, to: other)
        try await world.setAccountData(type, ["default_action": "block"], of: bob.user)
        let invited = await failure { try await alice.invite(bob, to: room) }
        #expect(invited?.status == 403)
        #expect(invited?.code.rawValue == "M_INVITE_BLOCKED")
        let stateKey = bob.name
        let byState = await failure { try await alice.setState("m.room.member", ["membership": "invite"], key: stateKey, in: room) }
        #expect(byState?.code.rawValue == "M_INVITE_BLOCKED")
        let atCreation = await failure { try await alice.createRoom(["invite": [.string(bob.name)]]) }
        #expect(atCreation?.code.rawValue == "M_INVITE_BLOCKED")
        let federated = await failure {
            try await world.services.admitInvite(of: bob.user, by: RoomWorld.user("eve", at: "there.example"))
        }
        #expect(federated?.code.rawValue == "M_INVITE_BLOCKED")
        let hidden = try await bob.sync()
        let invites = hidden["rooms"]?["invite"]?.members.map { $0.key } ?? []
        #expect(invites.isEmpty)
        try await world.setAccountData(type, [:], of: bob.user)
        try await alice.invite(bob, to: room)
        let shown = try await bob.sync()
        #expect(shown["rooms"]?["invite"]?.members.map { $0.key }.count == 2)
    }

    @Test func `typing and receipts of ignored people are not shown`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let event = try await alice.say("hello", in: room)
        try await bob.put("/rooms/\(room)/typing/\(bob.name)", ["typing": true])
        try await bob.post("/rooms/\(room)/receipt/m.read/\(event)")
        func ephemeral(_ answer: JSON) -> [String] {
            answer["rooms"]?["join"]?[room]?["ephemeral"]?["events"]?.elements.compactMap { $0["type"]?.string } ?? []
        }
        let before = ephemeral(try await alice.sync())
        #expect(Set(before) == ["m.typing", "m.receipt"])
        try await world.setAccountData("m.ignored_user_list", ["ignored_users": .object([bob.name: [:]])], of: alice.user)
        let after = ephemeral(try await alice.sync())
        #expect(after.isEmpty)
    }

    @Test func `a suspended person may take back their own words alone`() async throws {
        let world = try await RoomWorld()
        let alice = try await world.person("alice")
        let bob = try await world.person("bob")
        let room = try await bob.createRoom(["preset": "public_chat"])
        try await alice.join(room)
        let own = try await bob.say("mine", in: room)
        let other = try await alice.say("yours", in: room)
        let suspended = Person(
            world: world, caller: UserCaller(user: bob.user, device: "D", tokenID: 3, isSuspended: true, address: "127.0.0.1"))
        let refusal = await failure { try await suspended.put("/rooms/\(room)/redact/\(other)/1", [:]) }
        #expect(refusal?.code == .userSuspended)
        try await suspended.put("/rooms/\(room)/redact/\(own)/2", [:])
    }
}
