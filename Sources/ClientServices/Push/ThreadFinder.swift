import MatrixModel
import Storage

extension RoomReader {
    /// The root of the thread that an event is in; nil for the main timeline (client-server API, "Threaded read receipts").
    func thread(of stored: StoredEvent) throws -> EventID? {
        var current = stored
        for hop in 0...UnreadLimits.threadHops {
            guard let relation = current.event.content["m.relates_to"], let type = relation["rel_type"],
                let parent = relation["event_id"]?.string.flatMap({ EventID($0) })
            else { return nil }
            if type.equals("m.thread") { return parent }
            guard hop < UnreadLimits.threadHops, let next = try events.event(parent), next.room == stored.room else { return nil }
            current = next
        }
        return nil
    }
}
