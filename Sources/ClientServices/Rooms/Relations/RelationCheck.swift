import Database
import MatrixAPI
import MatrixModel
import RoomServer
import Storage

/// What this server does not let its users relate.
enum RelationCheck {
    /// Refuses a second equal annotation, and a thread that would begin at an event which is itself a child; most events relate to nothing.
    static func admit(_ event: NewEvent, to room: RoomID, _ context: RoomServiceContext) async throws {
        guard let relation = Relation(content: event.content, of: event.type, stateKey: event.stateKey) else { return }
        switch relation.type {
        case Relation.annotation, Relation.thread: break
        default: return
        }
        let problem = try await context.read(event.sender) { reader -> MatrixError? in
            guard let number = try RoomStore(reader.transaction).room(room)?.number else { return nil }
            // A request that is repeated is answered as before.
            if let transaction = event.transaction, try ClientTransactionStore(reader.transaction).event(for: transaction) != nil { return nil }
            return try relation.type == Relation.annotation
                ? repeated(event, relation, room: number, reader) : nested(relation, room: number, reader)
        }
        if let problem { throw problem }
    }

    /// "Attempts to send such an annotation should be rejected with a 400 error and an error code of M_DUPLICATE_ANNOTATION."
    private static func repeated(_ event: NewEvent, _ relation: Relation, room: Int64, _ reader: RoomReader) throws -> MatrixError? {
        let isRepeated = try RelationStore(reader.transaction).isAnnotated(
            relation.parent, room: room, by: event.sender, eventType: event.type, key: relation.key)
        return isRepeated ? MatrixError(400, .duplicateAnnotation, "You annotated \(relation.parent) like this before.") : nil
    }

    /// "A specific error code is not currently available for this case: servers should use M_UNKNOWN alongside the HTTP 400 status code."
    private static func nested(_ relation: Relation, room: Int64, _ reader: RoomReader) throws -> MatrixError? {
        guard let root = try reader.events.find(relation.parent), root.room == room,
            try RelationStore(reader.transaction).parent(of: root.number) != nil
        else { return nil }
        return MatrixError(400, .unknown, "\(relation.parent) relates to another event and cannot be the root of a thread.")
    }
}
