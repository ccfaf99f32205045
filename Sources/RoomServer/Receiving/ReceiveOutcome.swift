/// What became of an event from another server.
public enum ReceiveOutcome: Sendable, Equatable {
    case accepted
    /// Allowed where it stands, refused by the current state: kept, not shown.
    case softFailed
    /// Refused by the authorisation rules; the text names the rule.
    case rejected(String)
    /// It was here already.
    case duplicate
}

/// Why an event from another server could not be judged.
public enum ReceiveError: Error, Sendable, Equatable {
    /// This server is not in the room.
    case notInRoom
    /// The events before it, or the state there, could not be had.
    case missingHistory(String)
    /// Events that authorise it could not be had.
    case missingAuthEvents
}
