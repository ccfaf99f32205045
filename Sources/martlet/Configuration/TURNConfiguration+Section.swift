import ClientServices

extension TURNConfiguration {
    /// The section `turn`; nil where no URIs are given.
    static func read(_ section: ConfigurationSection) throws(ConfigurationError) -> TURNConfiguration? {
        let uris = try section.strings("uris") ?? []
        let secret = try section.string("shared_secret")
        let lifetime = try section.integer("user_lifetime_seconds") ?? 86_400
        let allowsGuests = try section.bool("allow_guests") ?? false
        try section.finish()
        guard !uris.isEmpty else { return nil }
        if let wrong = uris.first(where: { !$0.hasPrefix("turn:") && !$0.hasPrefix("turns:") }) {
            throw .invalid(section.name(of: "uris"), reason: "'\(wrong)' is not a URI such as turn:turn.example.org?transport=udp.")
        }
        guard let secret, !secret.isEmpty else { throw .invalid(section.name(of: "shared_secret"), reason: "is needed with 'uris'.") }
        guard (60...604_800).contains(lifetime) else {
            throw .invalid(section.name(of: "user_lifetime_seconds"), reason: "must be 60 to 604800.")
        }
        return TURNConfiguration(uris: uris, sharedSecret: Secret(secret), lifetimeSeconds: lifetime, allowsGuests: allowsGuests)
    }
}
