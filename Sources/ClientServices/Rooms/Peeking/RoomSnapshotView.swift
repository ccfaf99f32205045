import Database
import MatrixAPI
import MatrixModel
import Storage

/// A room as `initialSync` shows it: its state and its newest messages.
struct RoomSnapshotView: Sendable {
    /// Milliseconds since the epoch.
    let now: Int
    let device: String
    /// Most messages.
    let limit: Int

    /// A room that the person is or was in, or that is open to all.
    func room(_ access: RoomAccess, _ reader: RoomReader) throws -> JSONFragment {
        let present = access.present == .max ? TimelineOrder.end(of: try Positions.head(reader.transaction)) : TimelineOrder.end(of: access.present)
        let page = try TimelinePage.read(
            access, reader, from: TimelineToken(place: present), to: nil, .backward, limit: limit, filter: .everything)
        let start = page.events.last?.stored.ordering.map { $0 - 1 } ?? present
        let messages = TimelinePage(events: page.events.reversed())
        let state = try reader.stateEvents(access)
        let data = try AccountDataStore(reader.transaction).entries(room: access.room.id, user: reader.user)
        return .object([
            ("room_id", .string(access.room.id.description)), ("membership", .string((access.membership?.membership ?? .leave).rawValue)),
            ("visibility", .string(try visibility(of: access.room, reader))),
            (
                "messages",
                .object([
                    ("start", .string(TimelineToken(place: start).description)), ("end", .string(TimelineToken(place: present).description)),
                    ("chunk", .array(try messages.fragments(reader, access, now: now, device: device))),
                ])
            ),
            ("state", .array(try state.map { try reader.clientEvent($0).fragment(for: .init(now: now)) })),
            ("account_data", .array(data.map(SyncReader.fragment))), ("presence", .array([])), ("receipts", .array([])),
        ])
    }

    /// A room that the person is invited to.
    func invitation(_ room: RoomRow, _ row: MembershipRow, _ reader: RoomReader) throws -> JSONFragment {
        var members: [(String, JSONFragment)] = [
            ("room_id", .string(room.id.description)), ("membership", .string(row.membership.rawValue)), ("inviter", .string(row.sender.description)),
            ("visibility", .string(try visibility(of: room, reader))),
        ]
        if let invite = try reader.events.event(number: row.event) {
            members.append(("invite", try reader.clientEvent(invite).fragment(for: .init(now: now))))
        }
        return .object(members)
    }

    private func visibility(of room: RoomRow, _ reader: RoomReader) throws -> String {
        try PublicRoomStore(reader.transaction).isPublished(room.id) ? "public" : "private"
    }
}
