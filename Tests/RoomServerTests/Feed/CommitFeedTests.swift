import Database
import MatrixModel
import RoomServer
import Storage
import Testing

struct CommitFeedTests {
    private let clock = ManualClock()
    private var environment: Environment { clock.environment(seed: 1) }
    private let alice: UserID
    private let bob: UserID

    init() throws {
        alice = try #require(UserID("@alice:one.example"))
        bob = try #require(UserID("@bob:one.example"))
    }

    /// Runs until the condition holds; each turn lets others run.
    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test func `news that came before the wait answer at once`() async {
        let feed = CommitFeed(head: 10)
        feed.publish(Change(position: 11, kind: .user(alice)))
        #expect(await feed.wait(for: alice, after: 10, timeoutMilliseconds: 1000, environment: environment))
        #expect(await feed.wait(for: alice, after: 3, timeoutMilliseconds: 1000, environment: environment))
        #expect(await !feed.wait(for: alice, after: 3, timeoutMilliseconds: 0, environment: environment))
    }

    @Test func `a wait ends with news of its own user alone`() async {
        let feed = CommitFeed(head: 0)
        async let answer = feed.wait(for: alice, after: 0, timeoutMilliseconds: 30_000, environment: environment)
        await until { feed.waitingCount == 1 }
        feed.publish(Change(position: 1, kind: .user(bob)))
        #expect(feed.waitingCount == 1)
        feed.publish(Change(position: 2, kind: .user(alice)))
        #expect(await answer)
        #expect(feed.waitingCount == 0)
        #expect(clock.sleeperCount == 0)
    }

    @Test func `a wait ends when its time is over`() async {
        let feed = CommitFeed(head: 0)
        async let answer = feed.wait(for: alice, after: 0, timeoutMilliseconds: 30_000, environment: environment)
        await until { feed.waitingCount == 1 && clock.sleeperCount == 1 }
        clock.advance(31_000)
        #expect(await !answer)
        #expect(feed.waitingCount == 0)
    }

    @Test func `a wait that is cancelled leaves nothing behind`() async {
        let feed = CommitFeed(head: 0)
        for turn in 0..<50 {
            let waits = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { await feed.wait(for: alice, after: 0, timeoutMilliseconds: 30_000, environment: environment) }
                }
                if turn % 2 == 0 { await until { feed.waitingCount == 4 } }
                group.cancelAll()
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(!waits.contains(true))
        }
        #expect(feed.waitingCount == 0)
        #expect(feed.cancelledCount == 0)
        #expect(clock.sleeperCount == 0)
    }

    @Test func `many wait and all are woken`() async {
        let feed = CommitFeed(head: 0)
        let woken = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask { await feed.wait(for: alice, after: 0, timeoutMilliseconds: 30_000, environment: environment) }
            }
            await until { feed.waitingCount == 200 }
            feed.wake([alice])
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(woken == 200)
        #expect(feed.waitingCount == 0)
        #expect(feed.cancelledCount == 0)
    }

    @Test func `changes are given after a position as long as memory reaches`() {
        let feed = CommitFeed(head: 5)
        for position in 6...20_000 { feed.publish(Change(position: Position(position), kind: .user(alice))) }
        #expect(feed.changes(after: 19_990)?.map(\.position) == Array(19_991...20_000))
        #expect(feed.changes(after: 20_000)?.isEmpty == true)
        #expect(feed.changes(after: 5) == nil)
        #expect(feed.head == 20_000)
    }

    @Test func `hints give the newest position and end with their reader`() async {
        let feed = CommitFeed(head: 0)
        do {
            let hints = feed.hints()
            var iterator = hints.makeAsyncIterator()
            for position in 1...5 { feed.publish(Change(position: Position(position), kind: .user(alice))) }
            #expect(await iterator.next() == 5)
            #expect(feed.subscriberCount == 1)
        }
        feed.publish(Change(position: 6, kind: .user(alice)))
        #expect(feed.subscriberCount == 0)
    }

    @Test func `changes of rooms come in the order of positions`() async throws {
        let server = try await TestServer()
        let room = try await server.makeRoom()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<100 { group.addTask { try await server.say("\(index)", in: room) } }
            try await group.waitForAll()
        }
        let changes = try #require(server.feed.changes(after: 0))
        #expect(changes.map(\.position) == changes.map(\.position).sorted())
        let positions = changes.flatMap { change -> [Position] in
            if case .events(let room) = change.kind { room.events.compactMap(\.position) } else { [] }
        }
        #expect(positions == Array(1...105))
    }
}
