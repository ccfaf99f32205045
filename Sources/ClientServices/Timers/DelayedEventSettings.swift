import MatrixModel

/// What the configuration says about events that are sent later (MSC4140).
public struct DelayedEventSettings: Sendable {
    /// Longest delay.
    public var maximumMilliseconds: Int
    /// Events of one person that may wait at once; 0 turns the feature off.
    public var maximumPerUser: Int

    public init(maximumMilliseconds: Int = 30 * 24 * 60 * 60 * 1000, maximumPerUser: Int = 100) {
        self.maximumMilliseconds = maximumMilliseconds
        self.maximumPerUser = maximumPerUser
    }

    /// The capability `m.delayed_events`.
    var capability: JSONValue { ["max_delay_ms": .integer(maximumMilliseconds), "max_scheduled": .integer(maximumPerUser)] }
}
