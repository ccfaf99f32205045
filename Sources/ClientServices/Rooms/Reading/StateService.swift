import Database
import MatrixAPI
import MatrixModel
import Storage

/// Shows the state and members of rooms (client-server API, "Getting events for a room").
struct StateService: Sendable {
    let context: RoomServiceContext

    func bind(to table: inout RouteTable) {
        table.on(GetState.self) { caller, request in
            let now = context.environment.nowMilliseconds()
            return FragmentResponse(
                try await context.read(caller.user) { reader in
                    .array(
                        try reader.stateEvents(reader.access(to: request.roomID)).map { try reader.clientEvent($0).fragment(for: .init(now: now)) })
                })
        }
        table.on(GetStateEvent.self) { caller, request in FragmentResponse(try await stateEvent(caller, request)) }
        table.on(GetMembers.self) { caller, request in FragmentResponse(try await members(caller, request)) }
        table.on(GetJoinedMembers.self) { caller, request in FragmentResponse(try await joinedMembers(caller, request.roomID)) }
        table.on(GetJoinedRooms.self) { caller, _ in GetJoinedRooms.Response(rooms: try await joinedRooms(caller.user)) }
    }

    private func stateEvent(_ caller: UserCaller, _ request: GetStateEvent.Request) async throws -> JSONFragment {
        let now = context.environment.nowMilliseconds()
        return try await context.read(caller.user) { reader in
            let access = try reader.access(to: request.roomID)
            guard let stored = try reader.currentEvent(request.slot, room: access.room.number, at: access.present) else {
                throw MatrixError.notFound("The room has no state \(request.slot).")
            }
            switch request.format {
            case .content: return .encoded(Array(stored.event.content.rawBytes))
            case .event: return try reader.clientEvent(stored).fragment(for: .init(now: now))
            }
        }
    }

    private func members(_ caller: UserCaller, _ request: GetMembers.Request) async throws -> JSONFragment {
        var position = Position.max
        if let at = request.at {
            position = Position(try TimelineToken.parse(at, "at").place.quotientFloor(TimelineOrder.placesPerPosition))
        }
        let asked = position
        let now = context.environment.nowMilliseconds()
        return try await context.read(caller.user) { reader in
            let access = try reader.access(to: request.roomID)
            let numbers = try SyncQueries(reader.transaction).memberEvents(room: access.room.number, at: min(asked, access.present))
            let events = try reader.events.events(numbers: numbers).filter { StateService.isAsked($0.event.membership, request) }
            return .object([("chunk", .array(try events.map { try reader.clientEvent($0).fragment(for: .init(now: now)) }))])
        }
    }

    /// "either the membership is the same as membership or is not the same as not_membership."
    private static func isAsked(_ membership: Membership?, _ request: GetMembers.Request) -> Bool {
        switch (request.membership, request.notMembership) {
        case (nil, nil): true
        case (let wanted?, nil): membership == wanted
        case (nil, let unwanted?): membership != unwanted
        case (let wanted?, let unwanted?): membership == wanted || membership != unwanted
        }
    }

    private func joinedMembers(_ caller: UserCaller, _ room: RoomID) async throws -> JSONFragment {
        try await context.read(caller.user) { reader in
            let access = try reader.joined(room)
            let members = try reader.memberships.members(room: access.room.number, .join).map { row -> (String, JSONFragment) in
                let content = try reader.events.event(number: row.event)?.event.content
                var profile: JSONValue = [:]
                if let name = content?["displayname"]?.string { profile["display_name"] = .string(name) }
                if let avatar = content?["avatar_url"]?.string { profile["avatar_url"] = .string(avatar) }
                return (row.user.description, .value(profile))
            }
            return .object([("joined", .object(members))])
        }
    }

    private func joinedRooms(_ user: UserID) async throws -> [RoomID] {
        try await context.read(user) { reader in
            try reader.memberships.memberships(of: user).filter { $0.membership == .join }
                .compactMap { try RoomStore(reader.transaction).room(number: $0.room)?.id }
        }
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity.
    fileprivate func quotientFloor(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
