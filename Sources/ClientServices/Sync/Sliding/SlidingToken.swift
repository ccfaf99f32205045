import Storage

/// The `pos` of sliding sync, `p{connection}_{serial}_{position}_{typing}_{extensions}`.
///
/// Connection and serial name what the rooms were told, which the database keeps. The rest says up to where everything else was told, so that
/// an answer without rooms needs no write; a client that changes it misleads itself alone.
struct SlidingToken: Hashable, Sendable, CustomStringConvertible {
    let connection: Int64
    /// The answer that the state of the rooms is of.
    let serial: Int64
    /// The journal's position up to which everything was told.
    var position: Position
    /// Typing up to this serial was told.
    var typing: Int64
    /// The extensions that were told up to here.
    var extensions: ExtensionSet

    init(connection: Int64, serial: Int64, position: Position, typing: Int64, extensions: ExtensionSet) {
        self.connection = connection
        self.serial = serial
        self.position = position
        self.typing = typing
        self.extensions = extensions
    }

    /// Nil where the text is not a token of sliding sync.
    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "p") else { return nil }
        let parts = text.dropFirst().split(separator: "_", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 5, let connection = parts[0], let serial = parts[1], let position = parts[2], let typing = parts[3],
            let extensions = parts[4], position >= 0, typing >= 0, position <= .max / TimelineOrder.placesPerPosition - 1
        else { return nil }
        self.init(
            connection: connection, serial: serial, position: position, typing: typing, extensions: ExtensionSet(rawValue: Int(extensions)))
    }

    var description: String { "p\(connection)_\(serial)_\(position)_\(typing)_\(extensions.rawValue)" }
}

/// Extensions that tell changes since the last answer: one that was not asked for then tells everything.
struct ExtensionSet: OptionSet, Hashable, Sendable {
    let rawValue: Int

    static let accountData = ExtensionSet(rawValue: 1)
    static let receipts = ExtensionSet(rawValue: 2)
    static let typing = ExtensionSet(rawValue: 4)
    static let encryption = ExtensionSet(rawValue: 8)
    static let threads = ExtensionSet(rawValue: 16)
    static let profiles = ExtensionSet(rawValue: 32)
}
