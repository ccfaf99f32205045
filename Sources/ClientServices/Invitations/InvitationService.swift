import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import Storage

/// Invite links: makes, lists and ends them.
struct InvitationService: Sendable {
    let context: RoomServiceContext
    let settings: InvitationSettings
    let reader: InvitationReader
    let acceptance: InvitationAcceptance

    init(context: RoomServiceContext, membership: MembershipService, summaries: SummaryCache, settings: InvitationSettings) {
        self.context = context
        self.settings = settings
        reader = InvitationReader(context: context, summaries: summaries, settings: settings)
        acceptance = InvitationAcceptance(context: context, membership: membership, summaries: summaries)
    }

    func bind(to table: inout RouteTable) {
        table.on(CreateInviteLink.self) { caller, request in try await create(caller.user, request) }
        table.on(GetInviteLinks.self) { caller, request in try await list(caller, request) }
        table.on(DeleteInviteLink.self) { caller, request in
            try await delete(caller, request.code)
            return EmptyResponse()
        }
        table.on(GetInvitation.self) { _, request in try await reader.invitation(request.code) }
        table.on(GetInvitationAvatar.self) { _, request in try await reader.avatar(request.code) }
        table.on(AcceptInvitation.self) { caller, request in try await acceptance.accept(caller, request.code) }
    }

    /// The one answer to all links that let nobody in: it tells nothing about which codes ever were.
    static let unknown = MatrixError.notFound("This invite link is not valid, or is over.")

    private func create(_ user: UserID, _ request: CreateInviteLink.Request) async throws -> InviteLinkResponse {
        let now = context.environment.nowMilliseconds()
        let expires = try InvitationService.end(of: request.lifetime, from: now)
        if let uses = request.maximumUses, !(1...InvitationLimits.uses).contains(uses) {
            throw MatrixError.invalidParam("'max_uses' must be 1 to \(InvitationLimits.uses), or null for any number.")
        }
        if let label = request.label, label.utf8.count > InvitationLimits.labelBytes {
            throw MatrixError.invalidParam("'label' is longer than \(InvitationLimits.labelBytes) bytes.")
        }
        let room = try await context.read(user) { reader in
            let access = try reader.joined(request.roomID)
            let levels = try reader.powerLevels(of: access.room)
            guard levels.level(of: user) >= levels.invite else { throw MatrixError.forbidden("You may not invite people to this room.") }
            return access.room.number
        }
        let codes = (0..<InvitationLimits.codeAttempts).map { _ in InviteCode.make(context.environment) }
        let link = try await context.database.write { transaction -> InviteLink? in
            let links = InviteLinkStore(transaction)
            guard try links.count(room: room, at: now) < InvitationLimits.linksPerRoom else {
                throw MatrixError(400, .resourceLimitExceeded, "This room has \(InvitationLimits.linksPerRoom) invite links; end some of them first.")
            }
            for code in codes {
                let link = InviteLink(
                    code: code, room: room, creator: user, created: now, expires: expires, maximumUses: request.maximumUses, label: request.label)
                if try links.add(link) { return link }
            }
            return nil
        }
        guard let link else { throw MatrixError.internalError("No free code was found.") }
        return response(link, request.origin)
    }

    private static func end(of lifetime: CreateInviteLink.Lifetime, from now: Int) throws(MatrixError) -> Int? {
        switch lifetime {
        case .standard: return now + InvitationLimits.standardMilliseconds
        case .unlimited: return nil
        case .milliseconds(let milliseconds):
            guard (1...InvitationLimits.longestMilliseconds).contains(milliseconds) else {
                throw .invalidParam("'expires_in_ms' must be 1 to \(InvitationLimits.longestMilliseconds), or null for never.")
            }
            return now + milliseconds
        }
    }

    private func list(_ caller: UserCaller, _ request: GetInviteLinks.Request) async throws -> GetInviteLinks.Response {
        let now = context.environment.nowMilliseconds()
        let links = try await context.read(caller.user) { reader in
            let room = try caller.isAdmin ? reader.known(request.roomID) : reader.joined(request.roomID).room
            let seesAll = try caller.isAdmin || InvitationService.moderates(caller.user, room, reader)
            return try InviteLinkStore(reader.transaction).open(room: room.number, creator: seesAll ? nil : caller.user, at: now)
        }
        return GetInviteLinks.Response(links: links.map { response($0, request.origin) })
    }

    private func delete(_ caller: UserCaller, _ code: String) async throws {
        guard InviteCode.isPlausible(code) else { throw InvitationService.unknown }
        try await context.read(caller.user) { reader in
            guard let link = try InviteLinkStore(reader.transaction).link(code), let room = try RoomStore(reader.transaction).room(number: link.room)
            else { throw InvitationService.unknown }
            guard try link.creator == caller.user || caller.isAdmin || InvitationService.moderates(caller.user, room, reader) else {
                throw MatrixError.forbidden("You may not end this invite link.")
            }
        }
        _ = try await context.database.write { try InviteLinkStore($0).remove(code) }
    }

    /// Whether somebody has a say over the room's links: a member who may kick or change its state.
    private static func moderates(_ user: UserID, _ room: RoomRow, _ reader: RoomReader) throws -> Bool {
        guard try reader.memberships.membership(of: user, room: room.number)?.membership == .join else { return false }
        let levels = try reader.powerLevels(of: room)
        return levels.level(of: user) >= min(levels.kick, levels.stateDefault)
    }

    private func response(_ link: InviteLink, _ origin: String?) -> InviteLinkResponse {
        InviteLinkResponse(
            code: link.code, url: settings.url(of: link.code, origin: origin), creator: link.creator, created: link.created, expires: link.expires,
            uses: link.uses, maximumUses: link.maximumUses, label: link.label)
    }
}

extension RoomReader {
    /// The room, whoever asks; 404 where there is none.
    fileprivate func known(_ id: RoomID) throws -> RoomRow {
        guard let room = try RoomStore(transaction).room(id) else { throw MatrixError.notFound("The room \(id) is not known here.") }
        return room
    }
}
