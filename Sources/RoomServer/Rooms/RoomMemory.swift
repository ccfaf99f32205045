import HashTreeCollections
import MatrixModel
import Storage

/// What a room remembers of its last decisions, those in flight included; all of it can be forgotten once they are durable.
struct RoomMemory: Sendable {
    /// A redaction that came before the event that it names.
    struct WaitingRedaction: Sendable {
        let number: Int64
        let event: Event
        let before: StateReference?
    }

    private var states = GenerationalCache<StateReference, StateMap>(limit: Limits.cachedStates)
    private var resolutions = GenerationalCache<Set<StateReference>, StateReference>(limit: Limits.cachedStates)
    private var lineage = StateLineage()
    private var standings = GenerationalCache<EventID, EventStore.Standing>(limit: Limits.recentEvents)
    private var namings = GenerationalCache<EventID, Int64>(limit: Limits.recentEvents)
    private var waiting = GenerationalCache<EventID, [WaitingRedaction]>(limit: Limits.recentEvents)
    private var transactions = GenerationalCache<ClientTransactionKey, EventID>(limit: Limits.recentEvents)

    // MARK: States

    mutating func remember(_ made: RoomContext.MadeState) {
        states.insert(made.state, for: made.reference)
        lineage.record(made)
    }

    mutating func remember(resolutionOf inputs: Set<StateReference>, as result: StateReference) {
        resolutions.insert(result, for: inputs)
    }

    mutating func remember(_ state: StateMap, at reference: StateReference) {
        states.insert(state, for: reference)
    }

    mutating func state(at reference: StateReference) -> StateMap? { states.value(for: reference) }

    mutating func resolution(of references: Set<StateReference>) -> StateReference? { resolutions.value(for: references) }

    mutating func slotsBetween(_ first: StateReference, _ second: StateReference, made: [RoomContext.MadeState]) -> Set<Int64>? {
        lineage.slotsBetween(first, second, made: made)
    }

    // MARK: Events

    mutating func remember(_ commit: RoomCommit) {
        for new in commit.events + commit.promoted.map(\.event) {
            // What is placed nowhere is still known as judged: refused and soft-failed events.
            standings.insert(
                EventStore.Standing(
                    number: new.number, room: commit.room, flags: new.flags, before: new.before, after: new.after, position: nil),
                for: new.event.id)
            for redaction in commit.waitingRedactions where redaction.redaction == new.number {
                let earlier = waiting.value(for: redaction.target) ?? []
                waiting.insert(
                    earlier + [WaitingRedaction(number: new.number, event: new.event, before: new.before)], for: redaction.target)
            }
        }
        for gap in commit.missing { namings.insert(gap.namedBy, for: gap.missing) }
        if let transaction = commit.clientTransaction, let last = commit.events.last { transactions.insert(last.event.id, for: transaction) }
    }

    mutating func standing(of id: EventID) -> EventStore.Standing? { standings.value(for: id) }

    /// An event that names an absent one as previous.
    mutating func naming(_ missing: EventID) -> Int64? { namings.value(for: missing) }

    mutating func redactions(waitingFor id: EventID) -> [WaitingRedaction] { waiting.value(for: id) ?? [] }

    // MARK: Client transactions

    mutating func event(of transaction: ClientTransactionKey) -> EventID? { transactions.value(for: transaction) }

    mutating func forget(_ transaction: ClientTransactionKey) { transactions.remove(transaction) }
}
