import Database
import MatrixModel
import Storage

/// The channels of a community that new members are in from the start.
struct FirstChannels {
    let transaction: Transaction
    let summaries: SummaryCache

    /// Those that the welcome lists, as far as the community or a space right below it holds them; without a list those that the community
    /// suggests. Channels that this server is not in are left out.
    func rooms(of space: RoomSummary, _ words: WelcomeWords) throws -> [RoomSummary] {
        guard space.isSpace else { return [] }
        var chosen: [RoomID]
        if let listed = words.channels {
            let held = try held(by: space)
            chosen = listed.filter { held.contains($0) }
        } else {
            chosen = space.children.filter(\.isSuggested).map(\.room)
        }
        var seen: Set<RoomID> = []
        chosen = chosen.filter { seen.insert($0).inserted }
        return try chosen.prefix(InvitationLimits.firstChannels).compactMap { try summary($0) }
    }

    private func held(by space: RoomSummary) throws -> Set<RoomID> {
        var held = Set(space.children.map(\.room))
        for child in space.children {
            guard let summary = try summary(child.room), summary.isSpace else { continue }
            held.formUnion(summary.children.map(\.room))
        }
        return held
    }

    private func summary(_ room: RoomID) throws -> RoomSummary? {
        guard let row = try RoomStore(transaction).room(room), row.isParticipating else { return nil }
        return try summaries.summary(row, transaction)
    }
}
