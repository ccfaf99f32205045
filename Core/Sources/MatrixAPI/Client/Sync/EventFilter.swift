public import MatrixModel

/// Which events of a stream are wanted (client-server API, "Filtering": EventFilter).
public struct EventFilter: Sendable, FieldDecodable {
    /// At most this many, where given.
    public let limit: Int?
    public let types: [String]?
    public let notTypes: [String]
    public let senders: Set<String>?
    public let notSenders: Set<String>

    public static let everything = EventFilter(limit: nil, types: nil, notTypes: [], senders: nil, notSenders: [])

    public init(limit: Int?, types: [String]?, notTypes: [String], senders: Set<String>?, notSenders: Set<String>) {
        self.limit = limit
        self.types = types
        self.notTypes = notTypes
        self.senders = senders
        self.notSenders = notSenders
    }

    public init?(field: JSON) {
        guard field.isObject else { return nil }
        do {
            limit = try field.optional("limit")
            types = try field.optional("types")
            notTypes = try field.optional("not_types") ?? []
            senders = try field.optional("senders", as: [String].self).map { Set($0) }
            notSenders = Set(try field.optional("not_senders", as: [String].self) ?? [])
        } catch {
            return nil
        }
        if let limit, limit < 0 { return nil }
    }

    /// Whether nothing is excluded by type or sender.
    public var admitsAll: Bool { types == nil && notTypes.isEmpty && senders == nil && notSenders.isEmpty }

    /// Whether an event of that type and sender is wanted; a sender of nil passes every list.
    public func admits(type: String, sender: String?) -> Bool {
        if let sender {
            if notSenders.contains(sender) { return false }
            if let senders, !senders.contains(sender) { return false }
        }
        if notTypes.contains(where: { TypePattern.matches($0, type) }) { return false }
        guard let types else { return true }
        return types.contains { TypePattern.matches($0, type) }
    }
}

/// "A `*` can be used as a wildcard to match any sequence of characters."
enum TypePattern {
    static func matches(_ pattern: String, _ type: String) -> Bool {
        guard pattern.utf8.contains(UInt8(ascii: "*")) else { return pattern == type }
        let pattern = Array(pattern.utf8)
        let text = Array(type.utf8)
        var patternIndex = 0
        var textIndex = 0
        var star: (pattern: Int, text: Int)?
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
                star = (patternIndex, textIndex)
                patternIndex += 1
            } else if patternIndex < pattern.count, pattern[patternIndex] == text[textIndex] {
                patternIndex += 1
                textIndex += 1
            } else if let last = star {
                // The star takes one byte more; the rest is tried again. At most |pattern| × |text| steps.
                star = (last.pattern, last.text + 1)
                patternIndex = last.pattern + 1
                textIndex = last.text + 1
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
