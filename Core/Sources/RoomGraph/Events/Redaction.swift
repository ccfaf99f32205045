public import MatrixModel

/// The redaction algorithm of each room version: what an event keeps when its content goes (room versions, "Redactions").
public enum Redaction {
    /// The redacted event in canonical form, without `unsigned`.
    public static func redact(_ json: JSON, rules: RoomVersionRules) -> JSON {
        var bytes: [UInt8] = []
        append(json, rules: rules, keepsSignatures: true, to: &bytes)
        // What was just written from a parsed value is JSON.
        return (try? JSON.parse(bytes)) ?? json
    }

    /// The event redacted, under the same identifier.
    public static func redact(_ event: Event) -> Event {
        let json = redact(event.json, rules: event.rules)
        let content = json["content"] ?? JSON(.object([:]))
        return Event(
            id: event.id, roomID: event.roomID, type: event.type, stateKey: event.stateKey, sender: event.sender,
            originServerTS: event.originServerTS, depth: event.depth, prevEvents: event.prevEvents, authEvents: event.authEvents,
            redacts: event.rules.redactsInContent ? event.redacts : nil, json: json, content: content, rules: event.rules)
    }

    /// What signatures and the reference hash cover: the redacted event without `signatures`.
    static func coveredBytes(of json: JSON, rules: RoomVersionRules) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        append(json, rules: rules, keepsSignatures: false, to: &bytes)
        return bytes
    }

    private static func append(_ json: JSON, rules: RoomVersionRules, keepsSignatures: Bool, to bytes: inout [UInt8]) {
        let type = json["type"]
        var object = ObjectWriter(&bytes)
        for key in keptKeys {
            if key.isLegacy, !rules.keepsLegacyKeysOnRedaction { continue }
            if !keepsSignatures, key.name == "signatures" { continue }
            let value = json[key.name]
            if key.name == "content" {
                object.key(key.name, &bytes)
                // An object without content is no event, but has been signed as if its content were empty.
                if let value { appendContent(value, type: type, rules: rules, to: &bytes) } else { bytes.append(contentsOf: "{}".utf8) }
            } else if let value {
                object.key(key.name, &bytes)
                value.appendLenient(to: &bytes)
            }
        }
        object.end(&bytes)
    }

    /// The content with the keys that its event type keeps.
    static func appendContent(_ content: JSON, type: JSON?, rules: RoomVersionRules, to bytes: inout [UInt8]) {
        let kept: [String]
        if let type, type.equals("m.room.member") {
            return appendMemberContent(content, rules: rules, to: &bytes)
        } else if let type, type.equals("m.room.create") {
            if rules.keepsAllCreateContent { return content.appendLenient(to: &bytes) }
            kept = ["creator"]
        } else if let type, type.equals("m.room.join_rules") {
            kept = rules.keepsAllowOnRedaction ? ["allow", "join_rule"] : ["join_rule"]
        } else if let type, type.equals("m.room.power_levels") {
            kept = rules.keepsInviteInPowerLevels ? powerLevelKeysWithInvite : powerLevelKeys
        } else if let type, type.equals("m.room.aliases") {
            kept = rules.keepsAliasesOnRedaction ? ["aliases"] : []
        } else if let type, type.equals("m.room.history_visibility") {
            kept = ["history_visibility"]
        } else if let type, type.equals("m.room.redaction") {
            kept = rules.keepsRedactsOnRedaction ? ["redacts"] : []
        } else {
            kept = []
        }
        var object = ObjectWriter(&bytes)
        for key in kept {
            guard let value = content[key] else { continue }
            object.key(key, &bytes)
            value.appendLenient(to: &bytes)
        }
        object.end(&bytes)
    }

    private static func appendMemberContent(_ content: JSON, rules: RoomVersionRules, to bytes: inout [UInt8]) {
        var object = ObjectWriter(&bytes)
        if rules.keepsJoinAuthorisedViaOnRedaction, let user = content["join_authorised_via_users_server"] {
            object.key("join_authorised_via_users_server", &bytes)
            user.appendLenient(to: &bytes)
        }
        if let membership = content["membership"] {
            object.key("membership", &bytes)
            membership.appendLenient(to: &bytes)
        }
        // "The third_party_invite key … is no longer redacted, but will only contain the signed key after redaction."
        if rules.keepsThirdPartySignedOnly, let invite = content["third_party_invite"], invite.isObject {
            object.key("third_party_invite", &bytes)
            var inner = ObjectWriter(&bytes)
            if let signed = invite["signed"] {
                inner.key("signed", &bytes)
                signed.appendLenient(to: &bytes)
            }
            inner.end(&bytes)
        }
        object.end(&bytes)
    }

    /// A top-level key that redaction keeps.
    private struct KeptKey {
        let name: String
        /// Kept by the first versions only.
        let isLegacy: Bool
    }

    /// In canonical order.
    private static let keptKeys = [
        KeptKey(name: "auth_events", isLegacy: false), KeptKey(name: "content", isLegacy: false), KeptKey(name: "depth", isLegacy: false),
        KeptKey(name: "event_id", isLegacy: false), KeptKey(name: "hashes", isLegacy: false), KeptKey(name: "membership", isLegacy: true),
        KeptKey(name: "origin", isLegacy: true), KeptKey(name: "origin_server_ts", isLegacy: false),
        KeptKey(name: "prev_events", isLegacy: false), KeptKey(name: "prev_state", isLegacy: true), KeptKey(name: "room_id", isLegacy: false),
        KeptKey(name: "sender", isLegacy: false), KeptKey(name: "signatures", isLegacy: false), KeptKey(name: "state_key", isLegacy: false),
        KeptKey(name: "type", isLegacy: false),
    ]
    private static let powerLevelKeys = ["ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"]
    private static let powerLevelKeysWithInvite = [
        "ban", "events", "events_default", "invite", "kick", "redact", "state_default", "users", "users_default",
    ]
}

/// Writes an object's braces, commas and plain keys around values that the caller appends.
struct ObjectWriter {
    private var isFirst = true

    init(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "{")) }

    /// Begins a member; the name needs no escapes.
    mutating func key(_ name: String, _ bytes: inout [UInt8]) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    func end(_ bytes: inout [UInt8]) { bytes.append(UInt8(ascii: "}")) }
}
