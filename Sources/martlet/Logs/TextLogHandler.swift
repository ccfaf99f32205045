import Logging

/// Writes the log for people: time, level, label, message, then `key=value`.
struct TextLogHandler: LogHandler {
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
        var line = "\(Timestamp.text(nowMilliseconds())) \(event.level.rawValue) \(label): \(TextLogHandler.plain("\(event.message)"))"
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(TextLogHandler.quoted("\(value)"))"
        }
        StandardError.write(Array((line + "\n").utf8))
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Control characters would let a remote text forge lines or steer a terminal.
    private static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? "\u{fffd}" : $0 }))
    }

    private static func quoted(_ text: String) -> String {
        let text = plain(text)
        let isPlain = !text.isEmpty && !text.utf8.contains { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }
        return isPlain ? text : "\"" + text.replacing("\"", with: "'") + "\""
    }
}
