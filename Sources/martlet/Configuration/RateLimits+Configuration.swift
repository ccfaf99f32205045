import ClientServices
import MatrixAPI

extension Configuration {
    /// The section `rate_limits`: one mapping a class, and `enabled` for all of them.
    static func rateLimits(_ section: ConfigurationSection, isTesting: Bool) throws(ConfigurationError) -> RateLimits {
        let isEnabled = try section.bool("enabled") ?? !isTesting
        var limits = RateLimits.standard
        for limit in RateLimitClass.allCases where limit != .none {
            let values = try section.section(snakeCase(limit.rawValue))
            let perSecond = try values.number("per_second")
            let burst = try values.integer("burst")
            try values.finish()
            guard perSecond != nil || burst != nil else { continue }
            guard
                let changed = RateLimit(
                    perSecond: perSecond ?? limits[limit]?.perSecond ?? 1, burst: burst ?? limits[limit]?.burst ?? 1)
            else {
                throw .invalid(section.name(of: snakeCase(limit.rawValue)), reason: "per_second must be above 0 and burst at least 1.")
            }
            limits[limit] = changed
        }
        try section.finish()
        return isEnabled ? limits : .off
    }

    /// `roomCreation` as `room_creation`.
    private static func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
