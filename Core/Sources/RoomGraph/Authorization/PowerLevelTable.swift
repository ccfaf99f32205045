import MatrixModel

/// All levels of one power levels event, each list in the order of its keys.
struct PowerLevelTable {
    struct Entry {
        var key: String
        var level: Int
    }

    /// One key whose level differs between two lists; nil where a list has no such key.
    struct Change {
        var key: String
        var old: Int?
        var new: Int?
    }

    private(set) var levels: [Entry] = []
    private(set) var events: [Entry] = []
    private(set) var notifications: [Entry] = []
    private(set) var users: [Entry] = []

    private static let levelKeys = ["ban", "events_default", "invite", "kick", "redact", "state_default", "users_default"]

    /// The levels of an event that is to be accepted.
    init(checking content: JSON, _ rules: RoomVersionRules) throws(AuthRejection) {
        for key in Self.levelKeys {
            guard let value = content[key] else { continue }
            guard let level = PowerLevelValue.parse(value, rules) else { throw .powerLevelNotInteger(key) }
            levels.append(Entry(key: key, level: level))
        }
        for key in ["events", "notifications"] {
            guard let map = content[key] else { continue }
            guard map.isObject, let entries = Self.entries(map, rules) else { throw .powerLevelsNotIntegers(key) }
            if key == "events" { events = entries } else { notifications = entries }
        }
        guard let map = content["users"] else { return }
        guard map.isObject, let entries = Self.entries(map, rules), entries.allSatisfy({ UserID($0.key) != nil }) else {
            throw .powerLevelUsersMalformed
        }
        users = entries
    }

    /// The levels of an event that was accepted; values that are no levels count as absent.
    init(reading content: JSON, _ rules: RoomVersionRules) {
        for key in Self.levelKeys {
            guard let level = content[key].flatMap({ PowerLevelValue.parse($0, rules) }) else { continue }
            levels.append(Entry(key: key, level: level))
        }
        events = Self.levelEntries(content["events"], rules)
        notifications = Self.levelEntries(content["notifications"], rules)
        users = Self.levelEntries(content["users"], rules)
    }

    private static func entries(_ map: JSON, _ rules: RoomVersionRules) -> [Entry]? {
        let entries = levelEntries(map, rules)
        return entries.count == map.count ? entries : nil
    }

    private static func levelEntries(_ map: JSON?, _ rules: RoomVersionRules) -> [Entry] {
        guard let map, map.isObject else { return [] }
        var entries: [Entry] = []
        entries.reserveCapacity(map.count)
        for (key, value) in map.members {
            guard let level = PowerLevelValue.parse(value, rules) else { continue }
            entries.append(Entry(key: key, level: level))
        }
        entries.sort { $0.key.precedesInBytes($1.key) }
        return entries
    }

    /// The keys that were added, changed or removed.
    static func changes(from old: [Entry], to new: [Entry]) -> [Change] {
        var changes: [Change] = []
        var left = 0
        var right = 0
        while left < old.count || right < new.count {
            if right == new.count || left < old.count && old[left].key.precedesInBytes(new[right].key) {
                changes.append(Change(key: old[left].key, old: old[left].level, new: nil))
                left += 1
            } else if left == old.count || new[right].key.precedesInBytes(old[left].key) {
                changes.append(Change(key: new[right].key, old: nil, new: new[right].level))
                right += 1
            } else {
                if old[left].level != new[right].level {
                    changes.append(Change(key: old[left].key, old: old[left].level, new: new[right].level))
                }
                left += 1
                right += 1
            }
        }
        return changes
    }
}
