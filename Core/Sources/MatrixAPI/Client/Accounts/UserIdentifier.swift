public import MatrixModel

/// Names an account for authentication (client-server API, "Identifier types").
public enum UserIdentifier: FieldDecodable, Hashable {
    /// `m.id.user`: a user ID or its localpart.
    case user(String)
    /// `m.id.thirdparty`: a medium and an address.
    case thirdParty(medium: String, address: String)
    /// `m.id.phone`: a country and a number as dialled there.
    case phone(country: String, number: String)

    /// Nil where the type is unknown or a member is missing.
    public init?(field: JSON) {
        switch field["type"]?.string {
        case "m.id.user":
            guard let user = field["user"]?.string else { return nil }
            self = .user(user)
        case "m.id.thirdparty":
            guard let medium = field["medium"]?.string, let address = field["address"]?.string else { return nil }
            self = .thirdParty(medium: medium, address: address)
        case "m.id.phone":
            guard let country = field["country"]?.string, let number = field["phone"]?.string ?? field["number"]?.string else { return nil }
            self = .phone(country: country, number: number)
        default: return nil
        }
    }

    /// The identifier of a body, in its present form or in the deprecated `user`, or `medium` and `address`; nil where there is none.
    public static func read(from body: JSON) throws(MatrixError) -> UserIdentifier? {
        if let identifier: UserIdentifier = try body.optional("identifier") { return identifier }
        if let user: String = try body.optional("user") { return .user(user) }
        if let medium: String = try body.optional("medium"), let address: String = try body.optional("address") {
            return .thirdParty(medium: medium, address: address)
        }
        return nil
    }
}
