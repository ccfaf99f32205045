import Database
import MatrixModel
import RoomGraph
import Storage

/// Other servers' keys in the database. What cannot be read or written is as if it were not there: keys can be fetched again.
struct KeyArchive: Sendable {
    let database: Database

    /// The keys kept of these servers.
    func keys(of servers: [ServerName]) async -> [ServerName: [String: KnownKey]] {
        let found = try? await database.read { transaction in
            let store = ServerKeyStore(transaction)
            var found: [ServerName: [String: KnownKey]] = [:]
            for server in servers {
                for stored in try store.keys(of: server) {
                    guard let key = VerifyKey(publicKey: stored.key) else { continue }
                    found[server, default: [:]][stored.id] = KnownKey(
                        key: key, validUntil: min(stored.validUntil, stored.expired ?? .max), isRetired: stored.expired != nil)
                }
            }
            return found
        }
        return found ?? [:]
    }

    /// Keeps a document's keys and the document; `fetched` in milliseconds since the epoch.
    func store(_ document: KeyDocument, fetched: Int) async {
        let bytes = Array(document.json.rawBytes)
        try? await database.write { transaction in
            let store = ServerKeyStore(transaction)
            for (id, known) in document.keys.sorted(by: { $0.key < $1.key }) {
                let key = ServerKey(
                    id: id, key: known.key.publicKey, validUntil: known.validUntil, expired: known.isRetired ? known.validUntil : nil,
                    fetched: fetched)
                try store.save(key, of: document.server)
            }
            try store.saveDocument(bytes, of: document.server, validUntil: document.validUntil, fetched: fetched)
        }
    }
}
