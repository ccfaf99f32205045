/// What the configuration says about the web client.
struct WebConfiguration: Sendable {
    /// Longest title and description, in characters.
    private static let textCharacters = 1000

    var isEnabled: Bool
    /// The folder that the operator names; nil for the usual places.
    var folder: String?
    /// Whether the client may talk with homeservers other than this one.
    var allowsOtherHomeservers: Bool
    /// The community's own words on its page.
    var title: String?
    var description: String?

    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        isEnabled = try section.bool("enabled") ?? true
        folder = try section.string("folder")
        allowsOtherHomeservers = try section.bool("other_homeservers") ?? false
        title = try section.string("title")
        description = try section.string("description")
        for (key, text) in [("title", title), ("description", description)] where (text?.count ?? 0) > WebConfiguration.textCharacters {
            throw .invalid(section.name(of: key), reason: "must be at most \(WebConfiguration.textCharacters) characters.")
        }
        try section.finish()
    }
}
