public import MatrixModel

/// How long an event is sticky: brought to everybody in the room whatever the timeline shows (MSC4354).
public enum Stickiness {
    /// The top-level member of an event.
    public static let key = "msc4354_sticky"
    /// "Valid values are the integer range 0-3600000 (1 hour)."
    public static let longestMilliseconds = 3_600_000

    /// The duration that an event asks for, at most the longest; nil where it is not sticky.
    public static func durationMilliseconds(of json: JSON) -> Int? {
        guard let duration = json[key]?["duration_ms"]?.integer, duration > 0 else { return nil }
        return min(duration, longestMilliseconds)
    }

    /// When an event ceases to be sticky, in milliseconds since the epoch; nil where it is not sticky, or no more at `received`.
    ///
    /// "The start time is min(received_ts, origin_server_ts)."
    public static func end(of event: Event, receivedAt received: Int) -> Int? {
        guard let duration = durationMilliseconds(of: event.json) else { return nil }
        let end = min(received, event.originServerTS) + duration
        return end > received ? end : nil
    }
}
