import Database
import Federation
import Logging
import MatrixAPI
import MatrixModel
import Storage

/// The devices of other servers' users: from what is stored where their server keeps it up to date, else from their server.
struct RemoteDeviceLists: Sendable {
    let context: KeyContext
    let logger: Logger

    typealias Wanted = (user: UserID, devices: [String])

    /// What must be asked of one server.
    private struct Question: Sendable {
        /// Users who share rooms with people here: their server sends updates, so what it answers is kept.
        var followed: [UserID] = []
        /// Users whom nobody here shares a room with.
        var strangers: [Wanted] = []
    }

    /// The keys of users of other servers as `viewer` sees them, and the servers that could not be asked.
    func keys(
        of users: [Wanted], for viewer: UserID, timeoutMilliseconds: Int?
    ) async throws -> (users: [VisibleKeys], failures: [String: JSONValue]) {
        let (questions, head) = try await questions(about: users, for: viewer)
        let milliseconds = Deadline.bounded(timeoutMilliseconds)
        var given: [RemoteDevices] = []
        var failures: [String: JSONValue] = [:]
        await withTaskGroup(of: (ServerName, [RemoteDevices]?).self) { group in
            for (server, question) in questions {
                group.addTask { (server, await self.ask(server, question, head: head, milliseconds: milliseconds)) }
            }
            for await (server, answers) in group {
                if let answers { given += answers } else { failures[server.description] = KeyAnswer.failure("The server could not be asked.") }
            }
        }
        let strangers = Dictionary(given.map { ($0.user, $0) }, uniquingKeysWith: { first, _ in first })
        // Of those whose server answered without them, what was known once is not true any more.
        let missing = Set(questions.filter { failures[$0.key.description] == nil }.flatMap { $0.value.strangers.map(\.user) })
            .subtracting(strangers.keys)
        let visible = try await context.database.read { transaction -> [VisibleKeys] in
            let reader = KeyReader(transaction: transaction, viewer: viewer)
            let store = RemoteDeviceStore(transaction)
            return try users.compactMap { user, devices in
                if let list = strangers[user] { return try reader.given(list, devices: devices) }
                return try missing.contains(user) || store.list(of: user) == nil ? nil : try reader.remote(user, devices: devices)
            }
        }
        return (visible, failures)
    }

    private func questions(about users: [Wanted], for viewer: UserID) async throws -> (questions: [ServerName: Question], head: Position) {
        let own = context.serverName
        return try await context.database.read { transaction in
            let store = RemoteDeviceStore(transaction)
            var questions: [ServerName: Question] = [:]
            for (user, devices) in users {
                if let list = try store.list(of: user), !list.isStale, try store.isFollowed(user, since: list.fetched, viewer: viewer) { continue }
                if try store.sharesRoom(user, with: own) {
                    questions[user.server, default: Question()].followed.append(user)
                } else {
                    questions[user.server, default: Question()].strangers.append((user, devices))
                }
            }
            return (questions, try Positions.head(transaction))
        }
    }

    /// Asks a server, keeps what is to be kept, and gives the rest; nil where it does not answer in time.
    private func ask(_ server: ServerName, _ question: Question, head: Position, milliseconds: Int) async -> [RemoteDevices]? {
        do {
            return try await Deadline.run(milliseconds: milliseconds, context.environment) {
                let lists = try await self.lists(of: server, question)
                let followed = Set(question.followed)
                let kept = lists.filter { followed.contains($0.user) }
                if !kept.isEmpty {
                    try await context.database.write { transaction in
                        for list in kept { try RemoteDeviceStore(transaction).replace(list, fetched: head) }
                    }
                }
                return lists.filter { !followed.contains($0.user) }
            }
        } catch {
            logger.info("a server gives no keys", metadata: ["server": "\(server)", "error": "\(error)"])
            return nil
        }
    }

    private func lists(of server: ServerName, _ question: Question) async throws -> [RemoteDevices] {
        var queried: JSONValue = [:]
        for (user, devices) in question.strangers { queried[user.description] = .array(devices.map(JSONValue.string)) }
        var lists: [RemoteDevices] = []
        if question.followed.count <= KeyLimits.listsOneByOne {
            lists = try await withThrowingTaskGroup(of: RemoteDevices?.self) { group in
                for user in question.followed { group.addTask { try await self.list(of: user) } }
                var lists: [RemoteDevices] = []
                for try await list in group { if let list { lists.append(list) } }
                return lists
            }
        } else {
            for user in question.followed { queried[user.description] = [] }
        }
        guard queried != [:] else { return lists }
        let answer = try await context.remote.query(server, ["device_keys": queried])
        for user in question.followed + question.strangers.map(\.user) where queried[user.description] != nil {
            if let list = RemoteDevices(keyQuery: answer, of: user) { lists.append(list) }
        }
        return lists
    }

    /// A user's whole list with its stream number; nil where the user does not exist.
    private func list(of user: UserID) async throws -> RemoteDevices? {
        do {
            return RemoteDevices(deviceList: try await context.remote.devices(user), of: user)
        } catch let error as FederationError {
            if case .refused(_, let refusal) = error, (400..<500).contains(refusal.status), refusal.status != 429 { return nil }
            throw error
        }
    }
}
