import HashTreeCollections
import MatrixModel
import Storage

/// What decisions about one room are made on: its place in the graph and its current state.
///
/// A value; the room's actor holds the newest one, and each commit names the revision that it was decided on.
struct RoomContext: Sendable {
    /// The room's number.
    let number: Int64
    let id: RoomID
    let rules: RoomVersionRules
    var revision: Int64
    var extremities: [Extremity]
    /// The current state: the resolution of the states after all extremities.
    var current: StateMap
    /// Where the state log has the current state; nil before the create event.
    var currentReference: StateReference?
    /// Branches of the state log whose end is known, so that a state at the end can be continued in place.
    var branches: TreeDictionary<Int64, Branch>
    /// Joined users of this server.
    var localMembers: UserSet
    /// Joined members by server.
    var serverMembers: [ServerName: Int]
    /// Whether this server takes part in the room.
    var isParticipating: Bool
    /// Which reading of the context from the database this one came from; a decision on an older one is void.
    var generation = 0
    /// The states that the decision in progress made.
    var made: [MadeState] = []
    /// What the decision in progress resolved states to.
    var resolutions: [(inputs: Set<StateReference>, result: StateReference)] = []
    /// The events that the decision in progress cut down.
    var redacted: [(number: Int64, event: Event)] = []

    /// An event that no other names as previous.
    struct Extremity: Sendable {
        let number: Int64
        let id: EventID
        let depth: Int
        /// The state after it.
        let after: StateReference
    }

    /// The end of a branch.
    struct Branch: Sendable {
        var head: Int64
        let depth: Int
    }

    /// A state that a decision made, and what it came from.
    struct MadeState: Sendable {
        let reference: StateReference
        let state: StateMap
        /// The state that it continues; nil where it began from nothing.
        let base: StateReference?
        /// The slots in which it differs from that.
        let slots: [Int64]
    }

    /// The depth of the next event: one more than the deepest extremity's, at most canonical JSON's largest integer.
    var nextDepth: Int {
        min((extremities.map(\.depth).max() ?? 0) + 1, (1 << 53) - 1)
    }

    /// The extremities that a new event names: the newest, as many as one event may name.
    var namedExtremities: [Extremity] {
        if extremities.count <= Limits.prevEvents { return extremities }
        return Array(extremities.sorted { ($0.depth, $0.number) > ($1.depth, $1.number) }.prefix(Limits.prevEvents))
    }

    /// Continues a state by changes, in its own branch where it stands at the end, else in a new one.
    mutating func extend(
        _ base: StateReference?, by changes: [StateChange], whole: StateMap, branchNumbers: NumberAllocator
    ) -> StateExtension {
        let stateExtension = place(base, changes, whole: whole, branchNumbers)
        made.append(MadeState(reference: stateExtension.result, state: whole, base: base, slots: changes.map(\.slot)))
        return stateExtension
    }

    private mutating func place(
        _ base: StateReference?, _ changes: [StateChange], whole: StateMap, _ branchNumbers: NumberAllocator
    ) -> StateExtension {
        if let base, let branch = branches[base.branch] {
            if branch.head == base.position {
                branches[base.branch] = Branch(head: branch.head + 1, depth: branch.depth)
                return StateExtension(
                    result: StateReference(branch: base.branch, position: base.position + 1), newBranch: nil, changes: changes)
            }
            if branch.depth < Limits.branchDepth {
                return begin(parent: base, depth: branch.depth + 1, changes: changes, branchNumbers)
            }
        }
        let everything = whole.map { StateChange(slot: $0.key, event: $0.value) }.sorted { $0.slot < $1.slot }
        return begin(parent: nil, depth: 0, changes: everything, branchNumbers)
    }

    /// Forgets branches that nothing is likely to continue, where there are too many.
    mutating func pruneBranches() {
        guard branches.count > Limits.knownBranches else { return }
        var kept = Set(extremities.map(\.after.branch))
        if let currentReference { kept.insert(currentReference.branch) }
        for number in branches.keys.sorted().prefix(branches.count / 2) where !kept.contains(number) { branches[number] = nil }
    }

    private mutating func begin(
        parent: StateReference?, depth: Int, changes: [StateChange], _ branchNumbers: NumberAllocator
    ) -> StateExtension {
        let number = branchNumbers.next()
        branches[number] = Branch(head: 1, depth: depth)
        return StateExtension(
            result: StateReference(branch: number, position: 1), newBranch: .init(parent: parent, depth: depth), changes: changes)
    }
}

extension StateMap {
    /// What must be changed to turn `base` into this state; by slot.
    func changes(since base: StateMap) -> [StateChange] {
        var changes: [StateChange] = []
        for (slot, event) in self where base[slot] != event { changes.append(StateChange(slot: slot, event: event)) }
        for slot in base.keys where self[slot] == nil { changes.append(StateChange(slot: slot, event: nil)) }
        return changes.sorted { $0.slot < $1.slot }
    }

    /// This state with changes made.
    func applying(_ changes: [StateChange]) -> StateMap {
        var state = self
        for change in changes { state[change.slot] = change.event }
        return state
    }
}
