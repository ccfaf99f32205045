import Database
import MatrixModel
import Storage
import Synchronization
import Testing

@testable import ClientServices

struct OnlineCountsTests {
    @Test func `those are counted who are there and in the room, at most every half minute`() async throws {
        let world = try await RoomWorld()
        let (alice, bob, carol) = (try await world.person("alice"), try await world.person("bob"), try await world.person("carol"))
        let room = try await alice.createRoom(["preset": "public_chat"])
        try await bob.join(room)
        let number = try await world.database.read { try RoomStore($0).room(try #require(RoomID(room)))?.number } ?? 0
        let now = Mutex(0)
        let board = PresenceBoard(serverName: RoomWorld.name, serials: EphemeralSerials(startingAt: 1), isEnabled: true)
        let counts = OnlineCounts(presence: board, monotonicMilliseconds: { now.withLock { $0 } })
        func arrive(_ person: Person) {
            board.syncBegan(person.user, device: "D", declared: .online, at: 0)
            board.fill([:])
            _ = board.round(at: 0)
        }
        func count(members: Int = 2) async throws -> Int? {
            try await world.database.read { try counts.count(room: number, members: members, $0) }
        }
        arrive(carol)
        arrive(alice)
        let first = try await count()
        #expect(first == 1)
        arrive(bob)
        let remembered = try await count()
        #expect(remembered == 1)
        now.withLock { $0 = InvitationLimits.countMilliseconds }
        let again = try await count()
        #expect(again == 2)
        let large = try await count(members: InvitationLimits.countedMembers + 1)
        #expect(large == nil)
    }

    @Test func `nothing is counted where presence is off`() async throws {
        let world = try await RoomWorld()
        let board = PresenceBoard(serverName: RoomWorld.name, serials: EphemeralSerials(startingAt: 1), isEnabled: false)
        let counts = OnlineCounts(presence: board, monotonicMilliseconds: { 0 })
        let count = try await world.database.read { try counts.count(room: 1, members: 1, $0) }
        #expect(count == nil)
    }
}
