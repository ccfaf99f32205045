public import Database
public import MatrixModel

/// Messages for devices on their way to other servers, kept until the server has taken them.
public struct OutboundDeviceMessageStore {
    private let transaction: Transaction

    public init(_ transaction: Transaction) {
        self.transaction = transaction
    }

    /// Puts the content of an `m.direct_to_device` at the end of a server's queue.
    public func add(_ content: JSONValue, to server: ServerName) throws {
        try transaction.execute("INSERT INTO outbound_device_messages (server, content) VALUES (\(server), \(content.bytes()))")
    }

    /// The first contents for a server, oldest first.
    public func messages(for server: ServerName, limit: Int) throws -> [(entry: Int64, content: JSON)] {
        try transaction.map(
            "SELECT entry, content FROM outbound_device_messages WHERE server = \(server) ORDER BY entry LIMIT \(limit)"
        ) { ($0.int(0), try $0.json(1)) }
    }

    /// Removes contents that a server has, up to an entry.
    public func remove(for server: ServerName, through entry: Int64) throws {
        try transaction.execute("DELETE FROM outbound_device_messages WHERE server = \(server) AND entry <= \(entry)")
    }

    /// The servers for which contents wait, in order.
    public func servers() throws -> [ServerName] {
        try transaction.map("SELECT DISTINCT server FROM outbound_device_messages ORDER BY server") { try $0.server(0) }
    }
}
