import Database
import MatrixAPI
import MatrixModel
import Storage

/// Which lists of rooms are wanted.
enum DirectoryList: Sendable, Hashable {
    /// The server's own.
    case published
    /// That of one network of an application service.
    case network(service: String, network: String)
    /// The server's own and those of all networks.
    case all

    /// "The specific third-party network/protocol to request from the homeserver. Can only be used if include_all_networks is false."
    init(includesAllNetworks: Bool, instance: String?) throws(MatrixError) {
        guard let instance, !instance.isEmpty else {
            self = includesAllNetworks ? .all : .published
            return
        }
        guard !includesAllNetworks else {
            throw .invalidParam("'third_party_instance_id' and 'include_all_networks' cannot be used together.")
        }
        // Instances are named as `GET /thirdparty/protocols` names them: service and network.
        guard let bar = instance.utf8.firstIndex(of: UInt8(ascii: "|")) else {
            self = .network(service: "", network: instance)
            return
        }
        self = .network(service: String(instance[..<bar]), network: String(instance[instance.index(after: bar)...]))
    }

    func rooms(_ transaction: Transaction) throws -> [RoomID] {
        switch self {
        case .published: return try PublicRoomStore(transaction).rooms()
        case .network(let service, let network): return try NetworkRoomStore(transaction).rooms(service: service, network: network)
        case .all: return Set(try PublicRoomStore(transaction).rooms() + NetworkRoomStore(transaction).rooms()).sorted()
        }
    }
}

/// A page of this server's directory: the rooms with most members first.
enum DirectoryPage {
    /// The answer's body; 400 `M_INVALID_PARAM` for a token that is none of ours.
    static func read(
        limit: Int?, since: String?, filter: PublicRoomFilter, list: DirectoryList, _ database: Database, _ summaries: SummaryCache
    ) async throws -> JSONValue {
        var start = 0
        if let since, !since.isEmpty {
            guard since.utf8.first == UInt8(ascii: "p"), let offset = Int(since.dropFirst()), offset >= 0 else {
                throw MatrixError.invalidParam("'since' is not a token of this server.")
            }
            start = offset
        }
        let size = min(max(1, limit ?? RoomLimits.defaultDirectoryPage), RoomLimits.largestDirectoryPage)
        // The directory is read for nobody in particular: it shows what every stranger may know.
        let found = try await database.read { transaction in
            try list.rooms(transaction).compactMap { try summaries.summary($0, transaction) }.filter { $0.passes(filter) }
        }.sorted { ($1.joinedMembers, $0.room) < ($0.joinedMembers, $1.room) }
        let end = min(start + size, found.count)
        var body: JSONValue = [
            "chunk": .array(start < end ? found[start..<end].map(\.directoryValue) : []), "total_room_count_estimate": .integer(found.count),
        ]
        if end < found.count { body["next_batch"] = .string("p\(end)") }
        if start > 0 { body["prev_batch"] = .string("p\(max(0, start - size))") }
        return body
    }
}

extension RoomSummary {
    /// Whether the directory shows the room under the filter.
    fileprivate func passes(_ filter: PublicRoomFilter) -> Bool {
        if let types = filter.roomTypes, !types.contains(roomType) { return false }
        guard let term = filter.searchTerm?.lowercased() else { return true }
        return [name, topic, alias].contains { $0?.lowercased().contains(term) == true }
    }
}
