public import MatrixModel

/// What the operator has decided about accounts.
public struct AccountConfiguration: Sendable {
    /// Who may register.
    public var registration: RegistrationMode = .closed
    /// Whether an invite link of a room serves as a registration token.
    public var invitesRegister = true
    public var allowsGuests = false
    /// Whether new accounts have an e-mail address; without a mail server they have none.
    public var registrationEmail: RegistrationEmail = .optional
    /// The secret of `/_synapse/admin/v1/register`; the call is off where nil.
    public var sharedSecret: Secret?
    public var passwordCost: PasswordCost = .standard
    /// Fewest bytes of a new password.
    public var minimumPasswordBytes = 8
    /// Lifetime of access tokens of clients that can refresh them; other tokens do not expire.
    public var refreshableTokenMilliseconds = 60 * 60 * 1000
    public var rateLimits: RateLimits = .standard
    public var applicationServices: [ApplicationServiceRegistration] = []
    /// The room version of new rooms, as `/capabilities` tells it.
    public var defaultRoomVersion: RoomVersion = .recommended
    /// Whether clients can have previews of links.
    public var previewsLinks = false
    /// The base URL that `/.well-known/matrix/client` and logins tell; nothing is told where nil.
    public var publicBaseURL: String?
    /// Further members of `/.well-known/matrix/client`.
    public var clientWellKnown: [String: JSONValue] = [:]
    /// Contacts of `/.well-known/matrix/support`: objects with `role` and `matrix_id` or `email_address`.
    public var supportContacts: [JSONValue] = []
    public var supportPage: String?
    /// How much may wait to be sent, as `/capabilities` tells it.
    public var delayedEvents = DelayedEventSettings()

    /// The relay for calls; nil where there is none.
    public var turn: TURNConfiguration?

    public init() {}

    /// For tests and load: anybody may register, nothing is limited, hashing is cheap.
    public static var testing: AccountConfiguration {
        var configuration = AccountConfiguration()
        configuration.registration = .open
        configuration.allowsGuests = true
        configuration.passwordCost = .cheap
        configuration.minimumPasswordBytes = 1
        configuration.rateLimits = .off
        return configuration
    }
}

/// Who may make an account.
public enum RegistrationMode: String, Sendable, CaseIterable {
    /// Anybody.
    case open
    /// Nobody but administrators, application services and holders of the shared secret.
    case closed
    /// Whoever has a registration token.
    case token
}

/// Whether whoever registers proves an e-mail address.
public enum RegistrationEmail: String, Sendable, CaseIterable {
    /// Nobody is asked.
    case off
    /// Who wants to.
    case optional
    /// Everybody.
    case required
}
