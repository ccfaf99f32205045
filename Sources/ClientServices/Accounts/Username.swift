import MatrixModel

/// A name that an account may be registered under (appendices, "User Identifiers").
struct Username: Hashable, Sendable {
    let user: UserID
    var localpart: String { String(user.localpart) }

    /// Upper-case ASCII letters count as their lower-case ones; throws 400 `M_INVALID_USERNAME` for what the grammar does not have.
    init(_ text: String, server: ServerName) throws(MatrixError) {
        guard let user = UserID(localpart: Username.folded(text), server: server) else {
            throw MatrixError(400, .invalidUsername, "A username may have only a-z, 0-9, '.', '_', '=', '-', '/' and '+', and must not be too long.")
        }
        self.user = user
    }

    /// The accounts that somebody may mean who gives a user ID or a localpart: as written, then in lower case. Empty for another server's.
    static func candidates(for text: String, server: ServerName) -> [UserID] {
        let full = text.hasPrefix("@") ? text : "@\(text):\(server.description)"
        let users = [UserID(full), UserID(folded(full))].compactMap { $0 }.filter { $0.server == server }
        return users.count == 2 && users[0] == users[1] ? [users[0]] : users
    }

    /// The text with A-Z made a-z; other letters stay, and with them what the grammar refuses.
    private static func folded(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
            }, as: UTF8.self)
    }
}
