import Logging
import MatrixModel

/// Writes the log for programs: one JSON object a line.
struct JSONLogHandler: LogHandler {
    let label: String
    let nowMilliseconds: @Sendable () -> Int
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(label: String, level: Logger.Level, nowMilliseconds: @escaping @Sendable () -> Int) {
        self.label = label
        self.logLevel = level
        self.nowMilliseconds = nowMilliseconds
    }

    func log(event: LogEvent) {
        var members: [String: JSONValue] = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).mapValues { .string("\($0)") }
        members["time"] = .string(Timestamp.text(nowMilliseconds()))
        members["level"] = .string(event.level.rawValue)
        members["label"] = .string(label)
        members["message"] = .string("\(event.message)")
        StandardError.write(JSONValue.object(members).bytes() + [UInt8(ascii: "\n")])
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
