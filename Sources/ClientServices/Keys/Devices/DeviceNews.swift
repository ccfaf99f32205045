import Database
import MatrixAPI
import MatrixModel
import Storage

/// What a sync tells one device of messages, device lists and its keys.
struct DeviceNews: Sendable {
    /// Messages for the device, oldest first.
    var messages: [JSONFragment] = []
    /// Messages up to here were told.
    var messagesThrough: Position
    /// Whether messages wait that the client's token says it has.
    var hasAcknowledged = false
    var lists = DeviceListNews()
    var oneTimeKeys: [(algorithm: String, count: Int)] = []
    var unusedFallbackKeys: [String] = []

    /// Whether there is nothing to tell; how many keys there are is no news of its own.
    var isEmpty: Bool { messages.isEmpty && lists.isEmpty }

    /// The members of the answer of `/sync`.
    var members: [(String, JSONFragment)] {
        let unused = JSONFragment.value(.array(unusedFallbackKeys.map(JSONValue.string)))
        return [
            ("to_device", SyncAnswer.batch(messages)), ("device_lists", lists.fragment),
            ("device_one_time_keys_count", .object(oneTimeKeys.map { ($0.algorithm, .integer($0.count)) })),
            ("device_unused_fallback_key_types", unused), ("org.matrix.msc2732.device_unused_fallback_key_types", unused),
        ]
    }
}

/// Whose devices changed, and whose are no longer followed.
struct DeviceListNews: Sendable {
    var changed: [UserID] = []
    var left: [UserID] = []

    var isEmpty: Bool { changed.isEmpty && left.isEmpty }

    var fragment: JSONFragment {
        .value(["changed": .array(changed.map { .string($0.description) }), "left": .array(left.map { .string($0.description) })])
    }
}

/// Reads what a sync tells one device, in one snapshot; serves any kind of sync.
struct DeviceNewsReader {
    let transaction: Transaction
    let user: UserID
    let device: String

    /// The messages after those that the client has, and up to where these are all; `head` is the journal's position.
    func messages(after known: Position?, head: Position, limit: Int = KeyLimits.messagesPerSync) throws -> DeviceNews {
        var news = DeviceNews(messagesThrough: head)
        let store = DeviceMessageStore(transaction)
        guard let extent = try store.extent(for: device, of: user) else { return news }
        let after = known ?? 0
        news.hasAcknowledged = extent.first <= after
        guard extent.last > after else { return news }
        let messages = try store.messages(for: device, of: user, after: after, limit: limit)
        news.messages = messages.map { .encoded($0.message) }
        if let last = messages.last, last.position < extent.last { news.messagesThrough = last.position }
        return news
    }

    /// The users whose devices changed after a position, or with whom rooms are shared anew, and those with whom none is shared any more.
    ///
    /// `rooms` are those whose members may have changed, where that is known.
    func lists(after from: Position, in rooms: [Int64]?) throws -> DeviceListNews {
        let shared = try SharedRooms(transaction, user: user).changes(after: from, in: rooms)
        return try lists(after: from, shared)
    }

    /// The same where no membership changed.
    func listsWithoutMemberships(after from: Position) throws -> DeviceListNews {
        try lists(after: from, SharedRooms.Changes())
    }

    private func lists(after from: Position, _ shared: SharedRooms.Changes) throws -> DeviceListNews {
        var changed = shared.gained
        changed.formUnion(try DeviceListStore(transaction).changedUsers(seenBy: user, after: from))
        // Signatures that only the person sees.
        changed.formUnion(try SigningKeyStore(transaction).signedUsers(by: user, after: from))
        return DeviceListNews(changed: changed.sorted(), left: shared.lost.subtracting(changed).sorted())
    }

    /// How many one-time keys the device has left, and which fallback keys are unused.
    func addKeys(to news: inout DeviceNews) throws {
        let store = OneTimeKeyStore(transaction)
        news.oneTimeKeys = try store.counts(of: user, device: device)
        news.unusedFallbackKeys = try store.unusedFallbackAlgorithms(of: user, device: device)
    }
}
