public import MatrixModel

/// Who created a room.
public struct RoomCreators: Sendable, Hashable {
    /// The user who sent the create event, or whom it names in the versions that read `creator`.
    public let creator: String
    /// Further users whom the create event names, in the versions that read `additional_creators`.
    public let additional: [String]

    public init(of create: Event) {
        let named = create.rules.implicitRoomCreator ? nil : create.content["creator"]?.string
        creator = named ?? create.sender.description
        additional = create.rules.allowsAdditionalCreators ? (create.content["additional_creators"]?.elements.compactMap(\.string) ?? []) : []
    }

    /// Whether the user is one of them.
    public func contains(_ user: String) -> Bool {
        user.hasSameBytes(as: creator) || additional.contains { user.hasSameBytes(as: $0) }
    }

    /// Whether the user is one of them.
    public func contains(_ user: UserID) -> Bool { contains(user.description) }
}
