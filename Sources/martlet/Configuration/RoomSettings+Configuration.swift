import ClientServices
import MatrixModel

extension RoomSettings {
    /// The section `rooms`.
    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        self.init()
        if let text = try section.string("default_version") {
            guard let version = RoomVersion(text) else {
                throw .invalid(
                    section.name(of: "default_version"),
                    reason: "'\(text)' is none of \(RoomVersion.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            defaultVersion = version
        }
        if let isOpen = try section.bool("open_directory") { directoryIsOpen = isOpen }
        delayedEvents = try DelayedEventSettings(try section.section("delayed_events"))
        try section.finish()
    }
}
