/// A room's state at one moment: a branch of the state log and a position in it. State is stored as changes; a branch continues its parent.
public struct StateReference: Hashable, Sendable {
    /// The branch's number.
    public let branch: Int64
    /// The last position of that branch whose change counts; 0 is the branch's start.
    public let position: Int64

    public init(branch: Int64, position: Int64) {
        self.branch = branch
        self.position = position
    }
}

/// One slot of a state set to an event, or emptied.
public struct StateChange: Hashable, Sendable {
    public let slot: Int64
    /// The event's number; nil empties the slot.
    public let event: Int64?

    public init(slot: Int64, event: Int64?) {
        self.slot = slot
        self.event = event
    }
}

/// What a commit does to the state log to make one state.
public struct StateExtension: Sendable {
    /// The state that results.
    public let result: StateReference
    /// Set where `result` begins a branch: the state that it continues, nil for the empty state.
    public let newBranch: NewBranch?
    public let changes: [StateChange]

    /// A branch that begins.
    public struct NewBranch: Sendable {
        public let parent: StateReference?
        /// Branches between this one and its root.
        public let depth: Int
        public init(parent: StateReference?, depth: Int) {
            self.parent = parent
            self.depth = depth
        }
    }

    public init(result: StateReference, newBranch: NewBranch?, changes: [StateChange]) {
        self.result = result
        self.newBranch = newBranch
        self.changes = changes
    }
}
