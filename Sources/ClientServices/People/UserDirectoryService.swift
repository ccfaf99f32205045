import Database
import MatrixAPI
import MatrixModel
import Storage

/// Finds people whom the caller shares a room with, or who are in a public room (client-server API, "User Directory").
struct UserDirectoryService: Sendable {
    let database: Database
    let serverName: ServerName

    var routes: RouteTable {
        var table = RouteTable()
        table.on(SearchUserDirectory.self) { caller, request in
            let limit = min(request.limit, AccountLimits.directoryResults)
            var found = try await database.read { transaction in
                var search = Search(transaction: transaction, caller: caller.user, term: request.term.lowercased(), serverName: serverName)
                try search.localPeople()
                try search.remotePeople()
                return search.found
            }
            found.sort { $0.order < $1.order }
            return SearchUserDirectory.Response(people: found.prefix(limit).map(\.person), isLimited: found.count > limit)
        }
        return table
    }
}

/// One search of the directory, in one snapshot.
private struct Search {
    /// A person found, with what decides their place in the answer.
    struct Found: Sendable {
        let person: SearchUserDirectory.Response.Person
        let startsWithTerm: Bool

        /// People whose name begins as asked come first, then those with a name.
        var order: (Int, Int, UserID) { (startsWithTerm ? 0 : 1, person.displayName == nil ? 1 : 0, person.user) }
    }

    let transaction: Transaction
    let caller: UserID
    let term: String
    let serverName: ServerName
    private(set) var found: [Found] = []
    private var seen: Set<UserID> = []
    /// Memberships that may still be looked at.
    private var budget = AccountLimits.directoryCandidates

    init(transaction: Transaction, caller: UserID, term: String, serverName: ServerName) {
        self.transaction = transaction
        self.caller = caller
        self.term = term
        self.serverName = serverName
    }

    /// Local people, whose profiles are here.
    mutating func localPeople() throws {
        let profiles = ProfileStore(transaction)
        for user in try profiles.search(term, limit: AccountLimits.directoryResults * 20) where user != caller && budget > 0 {
            guard user.server == serverName, try isVisible(user) else { continue }
            let basics = try profiles.basics(of: user)
            add(user, displayName: basics.displayName, avatarURL: basics.avatarURL)
        }
    }

    /// People of other servers, as the member events of the caller's rooms and of the published ones have them.
    mutating func remotePeople() throws {
        let rooms = RoomStore(transaction)
        let own = try MembershipStore(transaction).memberships(of: caller).filter { $0.membership == .join }.map(\.room)
        let published = try PublicRoomStore(transaction).rooms().compactMap { try rooms.room($0)?.number }
        for room in own + published {
            for row in try MembershipStore(transaction).members(room: room, .join) where row.user.server != serverName {
                guard budget > 0 else { return }
                budget -= 1
                guard !seen.contains(row.user) else { continue }
                let content = try EventStore(transaction).event(number: row.event)?.event.content
                add(row.user, displayName: content?["displayname"]?.string, avatarURL: content?["avatar_url"]?.string)
            }
        }
    }

    private mutating func add(_ user: UserID, displayName: String?, avatarURL: String?) {
        let names = [user.description, displayName ?? ""].map { $0.lowercased() }
        guard names.contains(where: { $0.contains(term) }), seen.insert(user).inserted else { return }
        found.append(
            Found(
                person: SearchUserDirectory.Response.Person(user: user, displayName: displayName, avatarURL: avatarURL),
                startsWithTerm: names[0].hasPrefix("@" + term) || names[1].hasPrefix(term)))
    }

    private mutating func isVisible(_ user: UserID) throws -> Bool {
        let memberships = MembershipStore(transaction)
        if try !memberships.sharedRooms(caller, user).isEmpty { return true }
        for row in try memberships.memberships(of: user) where row.membership == .join {
            guard budget > 0 else { return false }
            budget -= 1
            if try isPublic(row.room) { return true }
        }
        return false
    }

    /// Whether anybody may join the room, or read it.
    private func isPublic(_ room: Int64) throws -> Bool {
        try value("join_rule", of: .joinRules, room: room) == "public"
            || value("history_visibility", of: .historyVisibility, room: room) == "world_readable"
    }

    private func value(_ member: String, of key: StateKey, room: Int64) throws -> String? {
        let states = StateStore(transaction)
        guard let slot = try states.slot(key), let number = try states.currentEvent(room: room, slot: slot) else { return nil }
        return try EventStore(transaction).event(number: number)?.event.content[member]?.string
    }
}
