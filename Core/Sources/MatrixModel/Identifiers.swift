/// An identifier of Matrix: a text of one grammar, equal and ordered by its bytes.
///
/// Swift's own equality of strings would take `@é:a` and `@é:a` in another Unicode normal form as one user; Matrix has two.
public protocol MatrixIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Nil where the grammar is not met.
    init?(_ text: String)
}

extension MatrixIdentifier {
    /// Nil where the grammar is not met.
    public init?(_ text: Substring) { self.init(String(text)) }

    public static func == (left: Self, right: Self) -> Bool { UTF8Order.equal(left.description, right.description) }
    public static func < (left: Self, right: Self) -> Bool { UTF8Order.precedes(left.description, right.description) }
    public func hash(into hasher: inout Hasher) { UTF8Order.hash(description, into: &hasher) }
}

/// The name of a homeserver: DNS name, IPv4 or bracketed IPv6 literal, with an optional port (appendices, "Server Name").
public struct ServerName: MatrixIdentifier {
    public let description: String

    /// Nil where the grammar is not met; at most 255 bytes.
    public init?(_ text: String) {
        guard IdentifierGrammar.read(text, IdentifierGrammar.isServerName) else { return nil }
        description = text
    }
}

/// A user's identifier, `@localpart:server`, historical localparts included (appendices, "User Identifiers").
public struct UserID: MatrixIdentifier {
    public let description: String
    /// The server that hosts the account.
    public let server: ServerName

    /// Nil where the grammar of historical user IDs is not met; at most 255 bytes.
    public init?(_ text: String) {
        guard let server = IdentifierGrammar.server(of: text, sigil: UInt8(ascii: "@")) else { return nil }
        self.description = text
        self.server = server
    }

    /// Nil where the localpart is not of the strict grammar (`a-z0-9._=-/+`) or the whole is over 255 bytes.
    public init?(localpart: some StringProtocol, server: ServerName) {
        guard IdentifierGrammar.isStrictLocalpart(localpart.utf8) else { return nil }
        self.init("@\(localpart):\(server.description)")
    }

    /// The part between sigil and server.
    public var localpart: Substring { IdentifierGrammar.localpart(of: description) }

    /// Whether the localpart is neither empty nor has a character outside U+0021…U+007E; others are not to be shown to clients out of events.
    public var isCompliant: Bool {
        let localpart = localpart.utf8
        return !localpart.isEmpty && localpart.allSatisfy { 0x21...0x7E ~= $0 }
    }
}

/// A room's identifier: `!opaque:server`, or `!hash` from room version 12 on (appendices, "Room IDs").
public struct RoomID: MatrixIdentifier {
    public let description: String

    /// Nil where the sigil is missing or the whole is over 255 bytes.
    public init?(_ text: String) {
        guard IdentifierGrammar.read(text, { IdentifierGrammar.isOpaque($0, sigil: UInt8(ascii: "!")) }) else { return nil }
        description = text
    }

    /// The server in the identifier, absent from room version 12 on.
    public var server: ServerName? { IdentifierGrammar.server(of: description, sigil: UInt8(ascii: "!")) }
}

/// A room alias, `#localpart:server` (appendices, "Room Aliases").
public struct RoomAlias: MatrixIdentifier {
    public let description: String
    /// The server that resolves the alias.
    public let server: ServerName

    /// Nil where the grammar is not met; at most 255 bytes.
    public init?(_ text: String) {
        guard let server = IdentifierGrammar.server(of: text, sigil: UInt8(ascii: "#")) else { return nil }
        self.description = text
        self.server = server
    }

    /// The part between sigil and server.
    public var localpart: Substring { IdentifierGrammar.localpart(of: description) }
}

/// An event's identifier: `$opaque:server` in room versions 1 and 2, `$hash` later (appendices, "Event IDs").
public struct EventID: MatrixIdentifier {
    public let description: String

    /// Nil where the sigil is missing or the whole is over 255 bytes.
    public init?(_ text: String) {
        guard IdentifierGrammar.read(text, { IdentifierGrammar.isOpaque($0, sigil: UInt8(ascii: "$")) }) else { return nil }
        description = text
    }

    /// The server in the identifier, in room versions 1 and 2 only.
    public var server: ServerName? { IdentifierGrammar.server(of: description, sigil: UInt8(ascii: "$")) }
}
