import MatrixModel

/// What an event's children come to for one reader, told with it as `unsigned.m.relations` (client-server API, "Aggregations of child events").
final class Bundle: Sendable {
    /// The most recent valid edit.
    let replacement: Told?
    /// The events that refer to it, oldest first.
    let references: [EventID]
    let thread: ThreadSummary?

    /// A child in its form for clients.
    struct Told: Sendable {
        let event: ClientEvent
        /// The reader's membership at it.
        let membership: Membership?
        /// What its own children come to.
        let bundle: Bundle?
    }

    /// The thread of which the event is the root.
    struct ThreadSummary: Sendable {
        let latest: Told
        let count: Int
        /// Whether the reader wrote in it, the root included.
        let isParticipant: Bool
    }

    init(replacement: Told?, references: [EventID], thread: ThreadSummary?) {
        self.replacement = replacement
        self.references = references
        self.thread = thread
    }

    var isEmpty: Bool { replacement == nil && references.isEmpty && thread == nil }

    /// Appends the object, its members by the kind of relation.
    func append(to text: inout [UInt8], now: Int?) {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        func begin(_ name: StaticString) {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            name.withUTF8Buffer { text.append(contentsOf: $0) }
        }
        if !references.isEmpty {
            begin("\"m.reference\":{\"chunk\":[")
            for (index, reference) in references.enumerated() {
                text.append(contentsOf: (index > 0 ? ",{\"event_id\":" : "{\"event_id\":").utf8)
                JSONValue.string(reference.description).appendBytes(to: &text)
                text.append(UInt8(ascii: "}"))
            }
            text.append(contentsOf: "]}".utf8)
        }
        if let replacement {
            begin("\"m.replace\":")
            replacement.append(to: &text, now: now)
        }
        if let thread {
            begin("\"m.thread\":{\"count\":")
            text.append(contentsOf: String(thread.count).utf8)
            text.append(contentsOf: ",\"current_user_participated\":".utf8)
            text.append(contentsOf: (thread.isParticipant ? "true" : "false").utf8)
            text.append(contentsOf: ",\"latest_event\":".utf8)
            thread.latest.append(to: &text, now: now)
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "}"))
    }
}

extension Bundle.Told {
    fileprivate func append(to text: inout [UInt8], now: Int?) {
        event.append(to: &text, for: ClientEvent.Reader(now: now, membership: membership, bundle: bundle))
    }
}
