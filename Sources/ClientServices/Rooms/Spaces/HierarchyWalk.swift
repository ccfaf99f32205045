import Database
import MatrixModel

/// One walk through a tree of spaces, depth first, for one person.
struct HierarchyWalk {
    let lookup: RoomLookup
    let user: UserID
    let isSuggestedOnly: Bool
    let maximumDepth: Int
    /// When questions to other servers end, by the steady clock.
    let deadline: Int

    /// A room to look at.
    private struct Step {
        let room: RoomID
        let depth: Int
        let via: [ServerName]
    }

    /// The rooms told so far, in order.
    private(set) var rooms: [RoomSummary] = []
    /// Whether rooms are left that were not looked at.
    var hasMore: Bool { !stack.isEmpty && walked < SpaceLimits.walked }

    private var stack: [Step] = []
    private var visited: Set<RoomID> = []
    private var walked = 0
    private var remoteRooms = 0
    private var standings: [RoomID: RoomLookup.Standing] = [:]
    /// What other servers told of rooms without being asked for them.
    private var told: [RoomID: RoomSummary] = [:]
    private var inaccessible: Set<RoomID> = []

    init(_ lookup: RoomLookup, from room: RoomID, via: [ServerName], for user: UserID, isSuggestedOnly: Bool, maximumDepth: Int) {
        self.lookup = lookup
        self.user = user
        self.isSuggestedOnly = isSuggestedOnly
        self.maximumDepth = maximumDepth
        deadline = lookup.context.environment.monotonicMilliseconds() + SpaceLimits.remoteMilliseconds
        stack = [Step(room: room, depth: 0, via: via)]
    }

    /// Walks until so many rooms are told, or the tree ends. A room that may not be told hides what is below it.
    mutating func advance(to count: Int) async throws {
        while rooms.count < count, walked < SpaceLimits.walked, let step = stack.popLast() {
            guard visited.insert(step.room).inserted else { continue }
            walked += 1
            guard let summary = try await summary(of: step) else { continue }
            rooms.append(summary)
            guard summary.isSpace, step.depth < maximumDepth else { continue }
            let children = summary.children.filter { (!isSuggestedOnly || $0.isSuggested) && !visited.contains($0.room) }
            try await prepare(children.prefix(max(count - rooms.count, 0)))
            // What would not be walked anyway is not remembered.
            stack += children.prefix(max(SpaceLimits.walked - stack.count, 0)).reversed().map {
                Step(room: $0.room, depth: step.depth + 1, via: $0.via)
            }
        }
    }

    /// What is known of a room that may be told; nil for one that may not, or of which nothing is to be had.
    private mutating func summary(of step: Step) async throws -> RoomSummary? {
        var standing = standings.removeValue(forKey: step.room)
        if standing == nil { standing = try await lookup.standings(of: [step.room], for: user)[step.room] }
        switch standing {
        case .visible(let summary): return summary
        case .hidden, nil: return nil
        case .elsewhere(let servers):
            guard !inaccessible.contains(step.room) else { return nil }
            let summary: RoomSummary
            // The children of a space are told by who is asked for the space itself.
            if let known = told[step.room], !known.isSpace || step.depth >= maximumDepth {
                summary = known
            } else if let found = try await ask(step.room, via: step.via + servers.filter { !step.via.contains($0) }) {
                summary = found
            } else if let known = told[step.room] {
                summary = known
            } else {
                return nil
            }
            return try await lookup.admits(user, to: summary) ? summary : nil
        }
    }

    private mutating func ask(_ room: RoomID, via: [ServerName]) async throws -> RoomSummary? {
        guard remoteRooms < SpaceLimits.remoteRooms else { return nil }
        remoteRooms += 1
        let left = deadline - lookup.context.environment.monotonicMilliseconds()
        guard let found = try await lookup.remote.told(of: room, suggestedOnly: isSuggestedOnly, via: via, milliseconds: left) else { return nil }
        told.merge(found.children) { first, _ in first }
        inaccessible.formUnion(found.inaccessible)
        return found.summary
    }

    /// Reads what is known here of a space's next children, and asks about the others all at once.
    private mutating func prepare(_ children: ArraySlice<SpaceChild>) async throws {
        standings.merge(try await lookup.standings(of: children.map(\.room), for: user)) { _, new in new }
        let own = lookup.context.serverName
        var asked: [(room: RoomID, via: [ServerName])] = []
        for child in children {
            guard case .elsewhere(let servers) = standings[child.room], told[child.room].map({ $0.isSpace }) != false,
                !inaccessible.contains(child.room)
            else { continue }
            let via = (child.via + servers.filter { !child.via.contains($0) }).filter { $0 != own }
            if !via.isEmpty { asked.append((child.room, via)) }
        }
        guard asked.count > 1 else { return }
        let (remote, isSuggestedOnly) = (lookup.remote, isSuggestedOnly)
        let left = deadline - lookup.context.environment.monotonicMilliseconds()
        // The answers are remembered, and found there when the walk comes by.
        await withTaskGroup(of: Void.self) { group in
            for (index, question) in asked.prefix(SpaceLimits.remoteRooms - remoteRooms).enumerated() {
                if index >= SpaceLimits.remoteAtOnce { await group.next() }
                group.addTask {
                    _ = try? await remote.told(of: question.room, suggestedOnly: isSuggestedOnly, via: question.via, milliseconds: left)
                }
            }
        }
    }
}
