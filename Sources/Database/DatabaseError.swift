/// Why the database did not do what it was asked.
public enum DatabaseError: Error, Sendable, Hashable {
    /// The change would break a constraint of the schema; the message names the constraint, never a value.
    case constraint(Constraint, message: String)
    /// Another process holds the database.
    case busy
    /// The disk or a size limit is exhausted.
    case full
    /// The file is damaged, or no database.
    case corrupt(message: String)
    /// Reading or writing the file failed.
    case inputOutput(code: Int32, message: String)
    /// The file cannot be opened.
    case cannotOpen(message: String)
    /// A change was tried in `read`.
    case readOnly
    /// The statement is malformed, names what does not exist, or has the wrong number of values.
    case statement(message: String)
    /// The engine gave up the whole transaction while this body or a later one of the same group ran.
    case transactionLost(message: String)
    /// The database was closed before the work began.
    case closed
    /// Any other answer of the engine.
    case other(code: Int32, message: String)

    /// The kind of a broken constraint.
    public enum Constraint: Sendable, Hashable {
        case unique, foreignKey, notNull, check, other
    }
}

extension DatabaseError {
    /// Whether the error is a broken uniqueness, which is how a caller learns that a name is taken.
    public var isUniqueViolation: Bool {
        if case .constraint(.unique, _) = self { true } else { false }
    }
}
