public import Database
public import MatrixModel

/// The profiles of users: open fields, each with a JSON value.
public struct ProfileStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// All fields of a user's profile, in order of their names.
    public func fields(of user: UserID) throws -> [(name: String, value: JSON)] {
        try transaction.map("SELECT field, value FROM profiles WHERE user_id = \(user) ORDER BY field") { ($0.text(0), try $0.json(1)) }
    }

    public func value(of field: String, user: UserID) throws -> JSON? {
        try transaction.first("SELECT value FROM profiles WHERE user_id = \(user) AND field = \(field)") { try $0.json(0) }
    }

    /// The display name and avatar, where they are texts.
    public func basics(of user: UserID) throws -> (displayName: String?, avatarURL: String?) {
        var basics: (displayName: String?, avatarURL: String?) = (nil, nil)
        try transaction.forEach("SELECT field, value FROM profiles WHERE user_id = \(user) AND field IN ('displayname', 'avatar_url')") { row in
            if row.text(0) == "displayname" { basics.displayName = try row.json(1).string } else { basics.avatarURL = try row.json(1).string }
        }
        return basics
    }

    public func set(_ field: String, to value: JSON, user: UserID) throws {
        try transaction.execute(
            """
            INSERT INTO profiles (user_id, field, value) VALUES (\(user), \(field), \(value.lenientBytes()))
            ON CONFLICT (user_id, field) DO UPDATE SET value = excluded.value
            """)
    }

    /// Removes a field; false where it is not there.
    public func remove(_ field: String, user: UserID) throws -> Bool {
        try transaction.execute("DELETE FROM profiles WHERE user_id = \(user) AND field = \(field)") == 1
    }

    /// The bytes of names and values of a profile, for its limit of 64 KiB.
    public func size(of user: UserID) throws -> Int {
        try transaction.first("SELECT sum(length(CAST(field AS BLOB)) + length(value)) FROM profiles WHERE user_id = \(user)")?.integer(0) ?? 0
    }

    /// Users whose ID or display name contains `term`, letters of ASCII in either case, in order, at most `limit`.
    public func search(_ term: String, limit: Int) throws -> [UserID] {
        var pattern = "%"
        for character in term {
            if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
            pattern.append(character)
        }
        pattern.append("%")
        return try transaction.map(
            """
            SELECT user_id FROM accounts WHERE user_id LIKE \(pattern) ESCAPE '\\' AND deactivated IS NULL
            UNION SELECT user_id FROM profiles WHERE field = 'displayname' AND CAST(value AS TEXT) LIKE \(pattern) ESCAPE '\\'
            AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.user_id = profiles.user_id AND a.deactivated IS NOT NULL)
            ORDER BY user_id LIMIT \(limit)
            """
        ) { try $0.user(0) }
    }
}
