import MatrixModel

/// One field of a profile, as it may be set (client-server API, "Profiles").
struct ProfileField: Sendable {
    static let displayName = "displayname"
    static let avatarURL = "avatar_url"

    let key: String
    /// Nil where setting it means removing it: an empty display name or avatar.
    let value: JSONValue?

    /// Throws 400 where key or value is malformed.
    init(key: String, value: JSON) throws(MatrixError) {
        try ProfileField.check(key)
        self.key = key
        switch key {
        case ProfileField.displayName:
            self.value = try ProfileField.text(value, key, atMost: AccountLimits.displayNameBytes)
        case ProfileField.avatarURL:
            let url = try ProfileField.text(value, key, atMost: AccountLimits.avatarURLBytes)
            if let text = url?.string, !text.hasPrefix("mxc://") { throw .invalidParam("'avatar_url' must be an mxc: URI.") }
            self.value = url
        case "m.tz":
            guard value.string != nil else { throw .badJSON("'m.tz' must be a string.") }
            self.value = value.value
        default: self.value = value.value
        }
    }

    /// Throws 400 where no field can have that name: `^(avatar_url|displayname|m\.tz|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+)$`.
    static func check(_ key: String) throws(MatrixError) {
        guard key.utf8.count <= AccountLimits.profileKeyBytes else {
            throw MatrixError(400, .keyTooLarge, "A profile key has at most \(AccountLimits.profileKeyBytes) bytes.")
        }
        if key == displayName || key == avatarURL { return }
        let parts = key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy(isName) else { throw .invalidParam("Invalid profile key.") }
    }

    private static func isName(_ part: Substring.UTF8View) -> Bool {
        let lowerCase = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard let first = part.first, lowerCase.contains(first) else { return false }
        return part.allSatisfy {
            lowerCase.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    private static func text(_ value: JSON, _ key: String, atMost limit: Int) throws(MatrixError) -> JSONValue? {
        guard let text = value.string else { throw .badJSON("'\(key)' must be a string.") }
        guard text.utf8.count <= limit else { throw MatrixError(400, .invalidParam, "'\(key)' has more than \(limit) bytes.") }
        return text.isEmpty ? nil : .string(text)
    }
}
