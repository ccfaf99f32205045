import MatrixModel

/// Points in which the recorded rooms' judge (Synapse 1.163.2) decides otherwise than the specification, and Martlet follows the
/// specification. The list is closed: anything else that differs is a difference.
///
/// Where the specification's prose leaves a gap or can be read in two ways, Martlet follows the reading that the servers in use share, since
/// servers that resolve states differently part the room; no such case is listed here, as none differs from the record:
/// - A state's own events count as parts of its auth chain when the auth difference is taken (`AuthDifference`).
/// - Auth events join a power event only along paths inside of the full conflicted set (`PowerOrdering.select`).
/// - `m.room.power_levels` and `m.room.join_rules` are power events under the empty state key only (`PowerOrdering.isPowerEvent`).
/// - Algorithm version 1 keeps the event of lowest depth where no conflicted event passes (`ResolutionV1`).
public enum OracleDeviation: String, Hashable, Sendable, CaseIterable {
    /// In a room with `m.federate` false, the judge also refuses memberships of users on other servers; rule 3 speaks of the sender only.
    case membershipOfOtherServerInClosedRoom

    /// The deviation that explains why an event was recorded as rejected and is accepted here, if one does.
    static func explaining(accepted event: Event, create: Event?) -> OracleDeviation? {
        guard let create, create.content["m.federate"]?.bool == false, event.type == "m.room.member" else { return nil }
        guard let target = event.stateKey.flatMap({ UserID($0) }), target.server != create.sender.server else { return nil }
        return .membershipOfOtherServerInClosedRoom
    }
}
