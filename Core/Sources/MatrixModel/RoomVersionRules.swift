/// What a room version decides, one flag for each thing that some version changed; a row of the table below.
///
/// Functions take `rules:` and read the flag they obey; versions are compared nowhere.
public struct RoomVersionRules: Hashable, Sendable {
    /// How an event gets its identifier.
    public enum EventIDFormat: UInt8, Sendable {
        /// The sender's server chooses it, and the PDU carries it: `$opaque:server`.
        case given
        /// `$` and the reference hash in unpadded Base64.
        case hash
        /// `$` and the reference hash in URL-safe unpadded Base64.
        case urlSafeHash
    }

    /// How several states become one.
    public enum StateResolution: UInt8, Sendable {
        /// By depth and SHA-1 of event IDs.
        case v1
        /// By power events, mainline and iterated authorisation checks.
        case v2
        /// Version 2, started from an empty state and with the conflicted state subgraph.
        case v2_1
    }

    /// The version whose row this is.
    public internal(set) var version: RoomVersion

    // MARK: Event format

    /// How an event gets its identifier.
    public internal(set) var eventIDFormat = EventIDFormat.given
    /// `prev_events` and `auth_events` list pairs of event ID and hashes, not plain event IDs.
    public internal(set) var referencesCarryHashes = true
    /// The room ID is the create event's ID with the sigil `!`; the create event has no `room_id`.
    public internal(set) var roomIDIsCreateHash = false
    /// Events must meet canonical JSON's grammar of numbers; else servers take what they can.
    public internal(set) var strictCanonicalJSON = false
    /// `redacts` stands in the content of `m.room.redaction`, not at the top level.
    public internal(set) var redactsInContent = false

    // MARK: Signatures

    /// The server in the event ID must have signed too.
    public internal(set) var requiresEventIDServerSignature = true
    /// A signing key counts only until its `valid_until_ts`, at most seven days ahead.
    public internal(set) var enforcesKeyValidity = false

    // MARK: State resolution

    /// How several states become one.
    public internal(set) var stateResolution = StateResolution.v1

    // MARK: Authorisation rules: create and auth events

    /// The create event's sender is the room's creator; `content.creator` is neither required nor read.
    public internal(set) var implicitRoomCreator = false
    /// `additional_creators` of the create event names further creators, and must be an array of user IDs.
    public internal(set) var allowsAdditionalCreators = false
    /// Creators stand above every power level, and `m.room.power_levels` must not name them.
    public internal(set) var creatorsHaveInfinitePower = false
    /// The create event is among an event's `auth_events`; where false it must not be.
    public internal(set) var createEventInAuthEvents = true

    // MARK: Authorisation rules: other events

    /// `m.room.aliases` is authorised by its own rule: the sender's server must be the state key.
    public internal(set) var specialCasesAliases = true
    /// `m.room.redaction` is authorised by its own rule: the redact level or the event ID's server.
    public internal(set) var redactionPowerInAuthRules = true
    /// Membership `knock` and the join rule `knock` exist.
    public internal(set) var allowsKnocking = false
    /// The join rule `restricted` and `join_authorised_via_users_server` exist.
    public internal(set) var allowsRestrictedJoins = false
    /// The join rule `knock_restricted` exists.
    public internal(set) var allowsKnockRestricted = false
    /// Changes of `notifications` in `m.room.power_levels` need power as those of `events` do.
    public internal(set) var limitsNotificationsPower = false
    /// All levels in `m.room.power_levels` must be integers; else strings of integers count too.
    public internal(set) var integerPowerLevels = false
    /// Levels may be floats, cut off at the decimal point.
    public internal(set) var allowsFloatPowerLevels = true

    // MARK: Redaction

    /// Keeps the top-level keys `origin`, `membership` and `prev_state`.
    public internal(set) var keepsLegacyKeysOnRedaction = true
    /// Keeps `aliases` of `m.room.aliases`.
    public internal(set) var keepsAliasesOnRedaction = true
    /// Keeps `allow` of `m.room.join_rules`.
    public internal(set) var keepsAllowOnRedaction = false
    /// Keeps `join_authorised_via_users_server` of `m.room.member`.
    public internal(set) var keepsJoinAuthorisedViaOnRedaction = false
    /// Keeps the whole content of `m.room.create`, not `creator` only.
    public internal(set) var keepsAllCreateContent = false
    /// Keeps `redacts` in the content of `m.room.redaction`.
    public internal(set) var keepsRedactsOnRedaction = false
    /// Keeps `invite` of `m.room.power_levels`.
    public internal(set) var keepsInviteInPowerLevels = false
    /// Keeps `third_party_invite` of `m.room.member`, with nothing but its `signed`.
    public internal(set) var keepsThirdPartySignedOnly = false

    private init(first version: RoomVersion) { self.version = version }

    /// The row of the version after this one.
    private func changing(to version: RoomVersion, _ change: (inout RoomVersionRules) -> Void) -> RoomVersionRules {
        var rules = self
        rules.version = version
        change(&rules)
        return rules
    }
}

extension RoomVersionRules {
    /// The first version: <https://spec.matrix.org/latest/rooms/v1/>.
    public static let v1 = RoomVersionRules(first: .v1)

    /// A better state resolution: <https://spec.matrix.org/latest/rooms/v2/>.
    public static let v2 = v1.changing(to: .v2) { $0.stateResolution = .v2 }

    /// Event IDs are hashes: <https://spec.matrix.org/latest/rooms/v3/>.
    public static let v3 = v2.changing(to: .v3) {
        $0.eventIDFormat = .hash
        $0.referencesCarryHashes = false
        $0.requiresEventIDServerSignature = false
        $0.redactionPowerInAuthRules = false
    }

    /// Event IDs fit URLs: <https://spec.matrix.org/latest/rooms/v4/>.
    public static let v4 = v3.changing(to: .v4) { $0.eventIDFormat = .urlSafeHash }

    /// Signing keys expire: <https://spec.matrix.org/latest/rooms/v5/>.
    public static let v5 = v4.changing(to: .v5) { $0.enforcesKeyValidity = true }

    /// Strict JSON, aliases without a rule of their own, notification levels guarded: <https://spec.matrix.org/latest/rooms/v6/>.
    public static let v6 = v5.changing(to: .v6) {
        $0.strictCanonicalJSON = true
        $0.allowsFloatPowerLevels = false
        $0.specialCasesAliases = false
        $0.keepsAliasesOnRedaction = false
        $0.limitsNotificationsPower = true
    }

    /// Knocking: <https://spec.matrix.org/latest/rooms/v7/>.
    public static let v7 = v6.changing(to: .v7) { $0.allowsKnocking = true }

    /// Restricted joins: <https://spec.matrix.org/latest/rooms/v8/>.
    public static let v8 = v7.changing(to: .v8) {
        $0.allowsRestrictedJoins = true
        $0.keepsAllowOnRedaction = true
    }

    /// Redaction keeps what authorised a restricted join: <https://spec.matrix.org/latest/rooms/v9/>.
    public static let v9 = v8.changing(to: .v9) { $0.keepsJoinAuthorisedViaOnRedaction = true }

    /// Integer power levels, knocking beside restricted joins: <https://spec.matrix.org/latest/rooms/v10/>.
    public static let v10 = v9.changing(to: .v10) {
        $0.integerPowerLevels = true
        $0.allowsKnockRestricted = true
    }

    /// Redaction revised, `creator` dropped: <https://spec.matrix.org/latest/rooms/v11/>.
    public static let v11 = v10.changing(to: .v11) {
        $0.implicitRoomCreator = true
        $0.redactsInContent = true
        $0.keepsLegacyKeysOnRedaction = false
        $0.keepsAllCreateContent = true
        $0.keepsRedactsOnRedaction = true
        $0.keepsInviteInPowerLevels = true
        $0.keepsThirdPartySignedOnly = true
    }

    /// Room IDs are hashes, creators have infinite power, state resolution 2.1: <https://spec.matrix.org/latest/rooms/v12/>.
    public static let v12 = v11.changing(to: .v12) {
        $0.roomIDIsCreateHash = true
        $0.allowsAdditionalCreators = true
        $0.creatorsHaveInfinitePower = true
        $0.createEventInAuthEvents = false
        $0.stateResolution = .v2_1
    }
}

extension RoomVersion {
    /// The row of this version.
    public var rules: RoomVersionRules {
        switch self {
        case .v1: .v1
        case .v2: .v2
        case .v3: .v3
        case .v4: .v4
        case .v5: .v5
        case .v6: .v6
        case .v7: .v7
        case .v8: .v8
        case .v9: .v9
        case .v10: .v10
        case .v11: .v11
        case .v12: .v12
        }
    }
}
