import Media

extension MediaRepository.Settings {
    /// What the configuration says about media.
    init(_ section: ConfigurationSection) throws(ConfigurationError) {
        self.init()
        if let bytes = try MediaRepository.Settings.bytes("maximum_upload_bytes", section) {
            limits.uploadBytes = bytes
            limits.remoteBytes = bytes
        }
        if let bytes = try MediaRepository.Settings.bytes("maximum_remote_bytes", section) { limits.remoteBytes = bytes }
        if let bytes = try MediaRepository.Settings.bytes("remote_cache_bytes", section) { limits.copiesBytes = bytes }
        if let bytes = try MediaRepository.Settings.bytes("user_quota_bytes", section) { limits.userBytes = bytes }
        if let pixels = try MediaRepository.Settings.bytes("maximum_pixels", section) { limits.pixels = pixels }
        if let isAllowed = try section.bool("unauthenticated_downloads") { allowsUnauthenticatedDownloads = isAllowed }
        try section.finish()
    }

    private static func bytes(_ key: String, _ section: ConfigurationSection) throws(ConfigurationError) -> Int? {
        guard let number = try section.integer(key) else { return nil }
        guard number > 0 else { throw .invalid(section.name(of: key), reason: "must be greater than 0.") }
        return number
    }
}
