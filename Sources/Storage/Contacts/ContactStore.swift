public import Database
public import MatrixModel

/// An address at which a person can be reached beside Matrix, and which is proven to be theirs.
public struct Contact: Sendable, Hashable {
    /// `email`; other media are not offered.
    public let medium: String
    /// The address in lower case.
    public let address: String
    public let user: UserID
    /// When it was proven, in milliseconds since 1970.
    public let validated: Int
    /// When it was added to the account, in milliseconds since 1970.
    public let added: Int

    public init(medium: String, address: String, user: UserID, validated: Int, added: Int) {
        self.medium = medium
        self.address = address
        self.user = user
        self.validated = validated
        self.added = added
    }
}

/// People's third-party identifiers (client-server API, "Adding account administrative contact information").
public struct ContactStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Adds a contact; false where somebody else has it.
    public func add(_ contact: Contact) throws -> Bool {
        try transaction.execute(
            """
            INSERT INTO contacts (medium, address, user_id, validated, added)
            VALUES (\(contact.medium), \(contact.address), \(contact.user), \(contact.validated), \(contact.added))
            ON CONFLICT (medium, address) DO UPDATE SET validated = excluded.validated WHERE user_id = excluded.user_id
            """) == 1
    }

    /// The person with that address; nil where nobody has it.
    public func owner(medium: String, address: String) throws -> UserID? {
        try transaction.first("SELECT user_id FROM contacts WHERE medium = \(medium) AND address = \(address)") { try $0.user(0) }
    }

    /// A person's contacts, the oldest first.
    public func contacts(of user: UserID) throws -> [Contact] {
        try transaction.map(
            "SELECT medium, address, validated, added FROM contacts WHERE user_id = \(user) ORDER BY added, address"
        ) { Contact(medium: $0.text(0), address: $0.text(1), user: user, validated: $0.integer(2), added: $0.integer(3)) }
    }

    /// Removes a person's contact; false where they have no such one.
    public func remove(medium: String, address: String, of user: UserID) throws -> Bool {
        try transaction.execute("DELETE FROM contacts WHERE medium = \(medium) AND address = \(address) AND user_id = \(user)") == 1
    }

    /// Removes all of a person's contacts.
    public func removeAll(of user: UserID) throws {
        try transaction.execute("DELETE FROM contacts WHERE user_id = \(user)")
    }
}
