public import MatrixModel

/// Signatures of events, which cover what redaction leaves (server-server API, "Validating hashes and signatures on received events").
public enum EventSignatures {
    /// The servers whose signature the event must carry, each once, in order.
    public static func required(for event: Event) -> [ServerName] {
        var servers: Set<ServerName> = []
        // "If the event is a 3rd party invite … the server which actually sends the event may be a different server."
        if !isThirdPartyInvite(event) { servers.insert(event.sender.server) }
        if event.rules.requiresEventIDServerSignature, let server = event.id.server { servers.insert(server) }
        if let server = authorisingServer(of: event) { servers.insert(server) }
        return servers.sorted()
    }

    /// The server that vouched for a restricted join.
    static func authorisingServer(of event: Event) -> ServerName? {
        guard event.rules.allowsRestrictedJoins, event.type == "m.room.member" else { return nil }
        return event.content["join_authorised_via_users_server"]?.string.flatMap { UserID($0)?.server }
    }

    private static func isThirdPartyInvite(_ event: Event) -> Bool {
        event.type == "m.room.member" && event.membership == .invite && event.content["third_party_invite"] != nil
    }

    /// Whether the event carries a valid signature of that server by that key.
    public static func verify(event: Event, server: ServerName, keyID: String, key: VerifyKey) -> Bool {
        guard let signature = JSONSigning.signature(in: event.json, of: server.description, keyID: keyID) else { return false }
        return key.verify(signature: signature, of: Redaction.coveredBytes(of: event.json, rules: event.rules))
    }

    /// The identifiers of the Ed25519 keys that the event says a server signed with.
    public static func keyIDs(in event: Event, of server: ServerName) -> [String] {
        guard let signatures = event.json["signatures"]?[server.description] else { return [] }
        return signatures.members.map(\.key).filter { $0.utf8.starts(with: "ed25519:".utf8) }
    }

    /// The event with one more signature: for invites, restricted joins and policy servers. The identifier stays.
    public static func add(to event: Event, by server: ServerName, with key: SigningKey) -> Event {
        add(to: event, by: server, keyID: key.keyID, signature: key.sign(Redaction.coveredBytes(of: event.json, rules: event.rules)))
    }

    /// The event with a signature that another server made.
    public static func add(to event: Event, by server: ServerName, keyID: String, signature: [UInt8]) -> Event {
        var signatures = event.json["signatures"]?.value ?? .object([:])
        var own = signatures[server.description] ?? .object([:])
        own[keyID] = .string(Base64.encode(signature))
        signatures[server.description] = own
        guard let json = replacingSignatures(of: event.json, with: signatures) else { return event }
        return Event(
            id: event.id, roomID: event.roomID, type: event.type, stateKey: event.stateKey, sender: event.sender,
            originServerTS: event.originServerTS, depth: event.depth, prevEvents: event.prevEvents, authEvents: event.authEvents,
            redacts: event.redacts, json: json, content: json["content"] ?? event.content, rules: event.rules)
    }

    private static func replacingSignatures(of json: JSON, with signatures: JSONValue) -> JSON? {
        var bytes: [UInt8] = []
        json.appendLenient(to: &bytes, omitting: ["signatures"])
        guard bytes.popLast() == UInt8(ascii: "}") else { return nil }
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: "\"signatures\":".utf8)
        signatures.appendBytes(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        guard let unordered = try? JSON.parse(bytes) else { return nil }
        return try? JSON.parse(unordered.lenientBytes())
    }
}
