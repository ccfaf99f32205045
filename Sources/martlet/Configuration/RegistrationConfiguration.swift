import ClientServices

/// What the configuration says about new accounts.
struct RegistrationConfiguration: Sendable {
    var mode: RegistrationMode
    /// Whether an invite link of a room serves as a registration token.
    var invitesRegister: Bool
    var allowsGuests: Bool
    var sharedSecret: Secret?
    var minimumPasswordBytes: Int
    var email: RegistrationEmail

    init(_ section: ConfigurationSection, defaultMode: RegistrationMode, isTesting: Bool) throws(ConfigurationError) {
        mode = try section.choice("mode") ?? defaultMode
        invitesRegister = try section.bool("invites") ?? true
        allowsGuests = try section.bool("allow_guests") ?? isTesting
        sharedSecret = try section.string("shared_secret").map { Secret($0) }
        if let sharedSecret, sharedSecret.text.isEmpty {
            throw .invalid(section.name(of: "shared_secret"), reason: "an empty secret would let anybody register.")
        }
        let minimum = try section.integer("minimum_password_length")
        minimumPasswordBytes = minimum ?? (isTesting ? 1 : 8)
        guard minimumPasswordBytes >= 1 else {
            throw .invalid(section.name(of: "minimum_password_length"), reason: "must be at least 1.")
        }
        email = try section.choice("email") ?? .optional
        try section.finish()
    }
}
