/// What the stored data cannot be.
public enum StorageError: Error, Sendable, Equatable {
    /// A statement that always gives a row gave none.
    case missingRow(String)
    /// A stored value does not parse.
    case corrupt(String)
    /// Another commit came first; decide again on the room as it is now.
    case revisionConflict
    /// The delayed event was sent, cancelled or refused already.
    case delayedEventEnded
}
