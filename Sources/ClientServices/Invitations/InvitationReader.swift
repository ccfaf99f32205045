import Database
import MatrixAPI
import MatrixModel
import RoomGraph
import Storage

/// Tells what an invite link leads to, to whoever has it.
struct InvitationReader: Sendable {
    let context: RoomServiceContext
    let summaries: SummaryCache
    let settings: InvitationSettings
    let online: OnlineCounts

    init(context: RoomServiceContext, summaries: SummaryCache, settings: InvitationSettings) {
        self.context = context
        self.summaries = summaries
        self.settings = settings
        online = OnlineCounts(presence: context.presence, monotonicMilliseconds: context.environment.monotonicMilliseconds)
    }

    /// 404 where the link lets nobody in.
    func invitation(_ code: String) async throws -> GetInvitation.Response {
        let (summaries, settings, online, caches) = (summaries, settings, online, context.caches)
        return try await read(code) { link, room, transaction in
            let summary = try summaries.summary(room, transaction)
            let reader = RoomReader(transaction: transaction, caches: caches, user: link.creator)
            let words = WelcomeWords(try reader.currentEvent(WelcomeWords.slot, room: room.number)?.event.content)
            let channels = try FirstChannels(transaction: transaction, summaries: summaries).rooms(of: summary, words)
            let names = channels.filter { InvitationReader.isOpen($0, to: room.id) }.compactMap(\.name)
            return GetInvitation.Response(
                code: link.code, roomID: room.id, roomType: summary.roomType, name: summary.name, topic: summary.topic,
                hasAvatar: InvitationReader.reference(summary.avatarURL) != nil, memberCount: summary.joinedMembers,
                onlineCount: try online.count(room: room.number, members: summary.joinedMembers, transaction), inviter: link.creator,
                inviterName: try ProfileStore(transaction).basics(of: link.creator).displayName,
                channels: Array(names.prefix(InvitationLimits.namedChannels)), welcome: words.text, rules: words.rules, expires: link.expires,
                registrationMode: settings.registration.rawValue, allowsRegistration: settings.allowsRegistration)
        }
    }

    /// The room's picture, small; 404 where the link lets nobody in or the room has none.
    func avatar(_ code: String) async throws -> MediaResponse {
        let summaries = summaries
        let url = try await read(code) { _, room, transaction in try summaries.summary(room, transaction).avatarURL }
        guard let reference = InvitationReader.reference(url) else { throw MatrixError.notFound("The room has no picture.") }
        let form = ThumbnailForm(width: InvitationLimits.avatarPixels, height: InvitationLimits.avatarPixels, fit: .crop)
        return try await settings.picture(reference, form)
    }

    private func read<Value: Sendable>(
        _ code: String, _ body: @escaping @Sendable (InviteLink, RoomRow, Transaction) throws -> Value
    ) async throws -> Value {
        guard InviteCode.isPlausible(code) else { throw InvitationService.unknown }
        let now = context.environment.nowMilliseconds()
        return try await context.database.read { transaction in
            guard let link = try InviteLinkStore(transaction).link(code), link.isOpen(at: now),
                let room = try RoomStore(transaction).room(number: link.room), room.isParticipating
            else { throw InvitationService.unknown }
            return try body(link, room, transaction)
        }
    }

    /// Whether whoever comes into the community may come into the channel: of others not even the name is told.
    private static func isOpen(_ channel: RoomSummary, to space: RoomID) -> Bool {
        channel.joinRule == "public" || channel.isRestricted && channel.allowedRooms.contains(space)
    }

    private static func reference(_ url: String?) -> MediaReference? {
        guard let url, url.hasPrefix("mxc://") else { return nil }
        let parts = url.dropFirst("mxc://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let server = ServerName(String(parts[0])), let id = MediaID(text: String(parts[1])) else { return nil }
        return MediaReference(server: server, id: id)
    }
}
