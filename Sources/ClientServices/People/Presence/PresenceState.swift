import MatrixModel

/// Whether somebody is there (client-server API, "Presence").
enum PresenceState: String, Sendable, CaseIterable {
    case offline, unavailable, online

    /// How it is stored.
    var number: Int {
        switch self {
        case .offline: 0
        case .unavailable: 1
        case .online: 2
        }
    }

    /// Nil where no state has that number.
    init?(number: Int) {
        guard let state = PresenceState.allCases.first(where: { $0.number == number }) else { return nil }
        self = state
    }

    /// The state that a client names; 400 `M_INVALID_PARAM` where it is none.
    static func parse(_ text: String, _ name: String) throws(MatrixError) -> PresenceState {
        guard let state = PresenceState(rawValue: text) else { throw .invalidParam("'\(name)' must be online, unavailable or offline.") }
        return state
    }
}

/// What is told of a user's presence.
struct PresenceReport: Sendable, Hashable {
    let user: UserID
    let state: PresenceState
    let status: String?
    /// Milliseconds since the last activity; nil where none is known.
    let lastActiveAgo: Int?

    /// `presence`, `last_active_ago`, `currently_active` and `status_msg`.
    ///
    /// Whoever is online counts as active: "the server will not send further updates to the last active time" until they are idle.
    var content: JSONValue {
        var content: JSONValue = ["presence": .string(state.rawValue)]
        if let lastActiveAgo { content["last_active_ago"] = .integer(lastActiveAgo) }
        if state == .online { content["currently_active"] = true }
        if let status { content["status_msg"] = .string(status) }
        return content
    }

    /// The event that clients are shown.
    var event: JSONValue { ["type": "m.presence", "sender": .string(user.description), "content": content] }

    /// One element of `push`, as other servers are told.
    var push: JSONValue {
        var push = content
        push["user_id"] = .string(user.description)
        push["last_active_ago"] = .integer(lastActiveAgo ?? 0)
        return push
    }
}
