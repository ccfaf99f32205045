import Federation
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
        if let days = try MediaRepository.Settings.bytes("remote_retention_days", section) { retention.copiesMilliseconds = days * 86_400_000 }
        if let days = try MediaRepository.Settings.bytes("local_retention_days", section) { retention.uploadsMilliseconds = days * 86_400_000 }
        try readPreviews(try section.section("url_previews"))
        try section.finish()
    }

    /// `url_previews`, and where links may lead.
    private mutating func readPreviews(_ section: ConfigurationSection) throws(ConfigurationError) {
        if let isEnabled = try section.bool("enabled") { previews.isEnabled = isEnabled }
        if let languages = try section.strings("languages") {
            guard !languages.isEmpty, languages.allSatisfy(MediaRepository.Settings.isLanguage) else {
                throw .invalid(section.name(of: "languages"), reason: "must be language tags such as en or pt-BR.")
            }
            previews.languages = languages
        }
        if let bytes = try MediaRepository.Settings.bytes("maximum_page_bytes", section) { previews.pageBytes = bytes }
        if let bytes = try MediaRepository.Settings.bytes("maximum_picture_bytes", section) { previews.pictureBytes = bytes }
        web.maximumBytes = max(previews.pageBytes, previews.pictureBytes, previews.embedBytes)
        web.deniedDomains = (try section.strings("denied_domains") ?? []).map { domain in
            (domain.hasPrefix("*.") ? domain.dropFirst(2) : domain[...]).lowercased()
        }
        web.allowedRanges = try FederationConfiguration.ranges("allow_private_ranges", section)
        web.deniedRanges = try FederationConfiguration.ranges("deny_ranges", section)
        web.userAgent = "\(MartletVersion.name)/\(MartletVersion.current) (bot; previews of links)"
        try section.finish()
    }

    private static func isLanguage(_ text: String) -> Bool {
        (1...35).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-" || scalar == "*")
            }
    }

    private static func bytes(_ key: String, _ section: ConfigurationSection) throws(ConfigurationError) -> Int? {
        guard let number = try section.integer(key) else { return nil }
        guard number > 0 else { throw .invalid(section.name(of: key), reason: "must be greater than 0.") }
        return number
    }
}
