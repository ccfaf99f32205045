import MatrixModel
import RoomGraph
import Testing

@Suite struct AuthChainIndexTests {
    /// The auth chain of some events, themselves included, by walking.
    private func chain(_ start: some Sequence<EventID>, _ events: [EventID: Event]) -> Set<EventID> {
        var pending = Array(start)
        var seen: Set<EventID> = []
        while let id = pending.popLast() {
            if seen.insert(id).inserted { pending.append(contentsOf: events[id]?.authEvents ?? []) }
        }
        return seen
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `differences and reach are those of walking`(seed: UInt64) {
        let room = RandomRoom(seed: seed, count: 60, version: seed % 2 == 0 ? .v10 : .v12)
        var server = TestRoom(version: room.version)
        for event in room.events { _ = server.receive(event) }
        let accepted = room.events.map(\.id).filter { !server.rejected.contains($0) }
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let sets = (0..<Int.random(in: 2...4, using: &generator)).map { _ in
                Set((0..<Int.random(in: 0...6, using: &generator)).map { _ in accepted[Int.random(in: 0..<accepted.count, using: &generator)] })
            }
            let chains = sets.map { chain($0, server.events) }
            let all = chains.reduce(Set()) { $0.union($1) }
            let shared = chains.dropFirst().reduce(chains[0]) { $0.intersection($1) }
            #expect(server.index.difference(of: sets) == all.subtracting(shared))
        }
        for _ in 0..<50 {
            let from = accepted[Int.random(in: 0..<accepted.count, using: &generator)]
            let to = accepted[Int.random(in: 0..<accepted.count, using: &generator)]
            #expect(server.index.reaches(from, to) == chain([from], server.events).contains(to))
        }
    }

    @Test func `a chain is the history of one slot`() {
        var index = AuthChainIndex()
        let ids = (0..<6).map { EventID("$\($0)")! }
        let member = StateKey.member(UserID(Fixture.alice)!)
        index.add(ids[0], slot: .create, authEvents: [])
        index.add(ids[1], slot: member, authEvents: [ids[0]])
        index.add(ids[2], slot: member, authEvents: [ids[0], ids[1]])
        // A fork of the slot: its predecessor has a successor already.
        let fork = index.add(ids[3], slot: member, authEvents: [ids[0], ids[1]])
        #expect(index.place(of: ids[2]) == AuthChainIndex.Place(chain: 1, sequence: 2))
        #expect(fork.place == AuthChainIndex.Place(chain: 2, sequence: 1))
        // The link to the create event is implied by the one to the member event.
        #expect(fork.links.map(\.to) == [AuthChainIndex.Place(chain: 1, sequence: 1)])
        #expect(index.add(ids[3], slot: member, authEvents: []) == fork)
        #expect(index.chainCount == 3)
        #expect(index.count == 4)
        #expect(index.difference(of: [[ids[2]], [ids[3]]]) == [ids[2], ids[3]])
        #expect(index.reaches(ids[3], ids[0]))
        #expect(!index.reaches(ids[2], ids[3]))
        #expect(!index.reaches(ids[5], ids[0]))
    }

    @Test func `differences in a room of 20,000 members touch only what differs`() {
        var index = AuthChainIndex()
        let create = EventID("$create")!
        index.add(create, slot: .create, authEvents: [])
        var members: [EventID] = []
        for number in 0..<20_000 {
            let id = EventID("$m\(number)")!
            index.add(id, slot: StateKey("m.room.member", "@u\(number):a"), authEvents: [create])
            members.append(id)
        }
        let ban = EventID("$ban")!
        index.add(ban, slot: StateKey("m.room.member", "@u7:a"), authEvents: [create, members[7]])
        var other = Set(members)
        other.remove(members[7])
        other.insert(ban)
        #expect(index.difference(of: [Set(members), other]) == [ban])
    }
}
