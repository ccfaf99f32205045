import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// Goes once through what clients ask first, before they come: what a program does for the first time takes it much longer, and after a
/// start everybody asks at once.
///
/// It is told the rooms of whoever synced last, with memories of its own that are thrown away, and changes nothing.
struct SlidingRehearsal: Sendable {
    let context: RoomServiceContext
    let authenticator: UserAuthenticator

    func run() async throws {
        try await context.database.write { _ in }
        guard let (user, device) = try await context.database.read({ try SlidingConnectionStore($0).newest() }) else { return }
        let request = try SlidingSync.Request(
            RequestInput(
                method: .post, uri: SlidingSync.route.aliases.first ?? SlidingSync.route.path, pathParameters: [:], queryItems: [],
                bodyBytes: SlidingRehearsal.body.bytes(),
                contentType: "application/json"))
        let query = SlidingQuery(user: user, device: device, request: request, token: nil)
        try await withThrowingTaskGroup { group in
            // Each reader of the database learns its statements.
            for _ in 0..<SlidingRehearsal.looks { group.addTask { try await look(query) } }
            try await group.waitForAll()
        }
    }

    private func look(_ query: SlidingQuery) async throws {
        // Nobody has this token.
        _ = try? await authenticator.authenticate(UserCredentials(accessToken: "", address: "", userAgent: nil))
        let rooms = context.rooms
        let shared = SlidingShared(
            sync: SyncShared(
                feed: rooms.feed, typing: context.typing, caches: ReadCaches(erasures: rooms.erasures), lazyMembers: LazyMembers(),
                serverName: rooms.serverName, presence: context.presence, circles: context.circles,
                monotonicMilliseconds: rooms.environment.monotonicMilliseconds,
                unread: UnreadBoard(database: rooms.database, serverName: rooms.serverName)))
        let now = context.environment.nowMilliseconds()
        let answer = try await context.database.read { try SlidingReader.read(query, shared, $0, now: now) }
        let token = SlidingToken(connection: 0, serial: 0, position: answer.head, typing: answer.typing, extensions: [])
        _ = Payload.fragment(answer.fragment(token, transaction: nil)).encoded()
    }

    /// As many as there are readers by default.
    private static let looks = 2
    private static let body: JSONValue = [
        "lists": [
            "all": [
                "ranges": [[0, 19]], "timeline_limit": 1,
                "required_state": [["m.room.name", ""], ["m.room.member", "$LAZY"], ["m.room.member", "$ME"], ["m.space.child", "*"]],
            ]
        ],
        "extensions": [
            "account_data": ["enabled": true], "receipts": ["enabled": true], "typing": ["enabled": true], "to_device": ["enabled": true],
            "e2ee": ["enabled": true],
        ],
    ]
}
