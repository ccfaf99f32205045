public import Database
public import MatrixModel
import RoomGraph
import Synchronization

/// Other servers' keys: kept in memory and in the database, fetched when needed, from notaries where the server itself does not answer.
public final class ServerKeys: Sendable {
    private struct State {
        var known: ExpiringCache<ServerName, [String: KnownKey]>
        /// Documents for notary answers.
        var documents: ExpiringCache<ServerName, KeyDocument>
        /// Servers asked a short time ago.
        var asked: ExpiringCache<ServerName, Bool>
    }

    private let own: OwnKeys
    private let client: FederationClient
    private let notaries: [ServerName]
    private let archive: KeyArchive
    private let limits: FederationLimits
    private let environment: Environment
    private let state: Mutex<State>
    private let flights = SingleFlight<ServerName, KeyDocument?>()
    private let permits: KeyedPermits<Int>

    /// `notaries` are asked, in order, for keys that their server does not give.
    public init(
        own: OwnKeys, client: FederationClient, notaries: [ServerName], database: Database, limits: FederationLimits, environment: Environment
    ) {
        self.own = own
        self.client = client
        self.notaries = notaries
        archive = KeyArchive(database: database)
        self.limits = limits
        self.environment = environment
        state = Mutex(
            State(
                known: ExpiringCache(capacity: limits.keyCacheServers), documents: ExpiringCache(capacity: limits.keyCacheServers / 10),
                asked: ExpiringCache(capacity: limits.keyCacheServers)))
        permits = KeyedPermits(limit: limits.keyFetches, maximumWaiting: limits.keyCacheServers)
    }

    /// The keys that are needed, as far as they can be had; what cannot is left out.
    public func ring(for needs: [KeyNeed]) async -> KeyRing {
        var ring = KeyRing()
        ring.add(own.known, of: own.serverName)
        var byServer: [ServerName: [KeyNeed]] = [:]
        for need in needs where need.server != own.serverName && need.keyID.hasPrefix("ed25519:") { byServer[need.server, default: []].append(need) }
        guard !byServer.isEmpty else { return ring }
        let known = await stored(Array(byServer.keys))
        var missing: [ServerName] = []
        for (server, needs) in byServer {
            let keys = known[server] ?? [:]
            ring.add(keys, of: server)
            if !satisfies(keys, needs) { missing.append(server) }
        }
        for (server, keys) in await fetch(missing.sorted()) { ring.add(keys, of: server) }
        return ring
    }

    /// Whether the keys at hand do. A time of validity in the future can be met by no key, and is no reason to ask again.
    private func satisfies(_ keys: [String: KnownKey], _ needs: [KeyNeed]) -> Bool {
        let now = environment.nowMilliseconds()
        return needs.allSatisfy { need in
            guard let known = keys[need.keyID] else { return false }
            guard let time = need.validAt else { return true }
            return known.validUntil >= min(time, now)
        }
    }

    /// Keys from memory, else from the database.
    private func stored(_ servers: [ServerName]) async -> [ServerName: [String: KnownKey]] {
        let now = environment.monotonicMilliseconds()
        var found: [ServerName: [String: KnownKey]] = [:]
        var absent: [ServerName] = []
        state.withLock { state in
            for server in servers {
                if let keys = state.known.value(for: server, at: now) { found[server] = keys } else { absent.append(server) }
            }
        }
        guard !absent.isEmpty else { return found }
        let read = await archive.keys(of: absent)
        state.withLock { state in
            for server in absent {
                // What was fetched while the database was read is newer.
                let keys = (read[server] ?? [:]).merging(state.known.value(for: server, at: now) ?? [:]) { _, newer in newer }
                state.known.insert(keys, for: server, until: now + limits.keyValidityMilliseconds, at: now)
                found[server] = keys
            }
        }
        return found
    }

    /// Fetches the servers' keys, several at once, for as long as the whole may take.
    private func fetch(_ servers: [ServerName]) async -> [ServerName: [String: KnownKey]] {
        guard !servers.isEmpty else { return [:] }
        return await withTaskGroup(of: (ServerName, [String: KnownKey])?.self) { group in
            group.addTask {
                try? await self.environment.sleep(self.limits.keyRingMilliseconds)
                return nil
            }
            var found: [ServerName: [String: KnownKey]] = [:]
            var waiting = servers[...]
            for server in waiting.prefix(limits.keyServersAtOnce) { group.addTask { (server, await self.fetchKeys(of: server)) } }
            waiting = waiting.dropFirst(limits.keyServersAtOnce)
            while let result = await group.next(), let (server, keys) = result {
                found[server] = keys
                if let next = waiting.popFirst() { group.addTask { (next, await self.fetchKeys(of: next)) } }
                if found.count == servers.count { break }
            }
            group.cancelAll()
            return found
        }
    }

    private func fetchKeys(of server: ServerName) async -> [String: KnownKey] {
        _ = await document(of: server)
        let now = environment.monotonicMilliseconds()
        return state.withLock { $0.known.value(for: server, at: now) } ?? [:]
    }

    /// A document of the server for a notary's answer, valid until the time asked for where it can be had.
    func notarized(_ server: ServerName, minimumValidUntil: Int?) async -> JSONValue? {
        if server == own.serverName { return own.document(now: environment.nowMilliseconds()) }
        let now = environment.monotonicMilliseconds()
        let minimum = minimumValidUntil ?? environment.nowMilliseconds()
        let cached = state.withLock { $0.documents.value(for: server, at: now) }
        if let cached, cached.validUntil >= minimum { return sign(cached) }
        return (await document(of: server) ?? cached).map(sign)
    }

    private func sign(_ document: KeyDocument) -> JSONValue {
        JSONSigning.sign(document.json.value, as: own.serverName, with: own.signingKey)
    }

    /// Fetches and keeps the server's document; nil where it cannot be had, or was asked for a short time ago.
    private func document(of server: ServerName) async -> KeyDocument? {
        let found = try? await flights.run(server) { [self] in
            let now = environment.monotonicMilliseconds()
            let wasAsked = state.withLock { state in
                if state.asked.value(for: server, at: now) != nil { return true }
                state.asked.insert(true, for: server, until: now + limits.keyRetryMilliseconds, at: now)
                return false
            }
            if wasAsked { return nil }
            return try await permits.withPermit(for: 0) { [self] in
                guard let document = await fetchDocument(of: server) else {
                    // It may be starting: its first request should not be refused for long.
                    let soon = environment.monotonicMilliseconds()
                    state.withLock { $0.asked.insert(true, for: server, until: soon + limits.keyFailureRetryMilliseconds, at: soon) }
                    return nil
                }
                await keep(document)
                return document
            }
        }
        return found ?? nil
    }

    private func fetchDocument(of server: ServerName) async -> KeyDocument? {
        let now = environment.nowMilliseconds()
        if let json = try? await client.getUnsigned(RequestTarget("/_matrix/key/v2/server"), from: server),
            json.rawBytes.count <= limits.keyDocumentBytes,
            let document = try? KeyDocument(json, of: server, now: now, limits: limits)
        {
            return document
        }
        for notary in notaries where notary != server {
            if let document = await fetchDocument(of: server, from: notary, now: now) { return document }
        }
        return nil
    }

    /// The newest document that a notary vouches for; its own signature must be there besides the server's.
    private func fetchDocument(of server: ServerName, from notary: ServerName, now: Int) async -> KeyDocument? {
        let target = RequestTarget("/_matrix/key/v2/query", server).query("minimum_valid_until_ts", now)
        guard let json = try? await client.getUnsigned(target, from: notary), let documents = json["server_keys"] else { return nil }
        let needs = documents.elements.flatMap { $0["signatures"]?[notary.description]?.members.map(\.key) ?? [] }
            .prefix(limits.keysPerServer).map { KeyNeed(server: notary, keyID: $0, validAt: now) }
        guard !needs.isEmpty else { return nil }
        let ring = await notaryRing(needs)
        var newest: KeyDocument?
        for element in documents.elements.prefix(limits.keysPerServer) where element.rawBytes.count <= limits.keyDocumentBytes {
            let isVouchedFor = needs.contains { need in
                ring.key(of: notary, need.keyID, validAt: now).map { JSONSigning.verify(element, signer: notary, keyID: need.keyID, key: $0) }
                    ?? false
            }
            guard isVouchedFor, let document = try? KeyDocument(element, of: server, now: now, limits: limits) else { continue }
            if document.validUntil > newest?.validUntil ?? .min { newest = document }
        }
        return newest
    }

    /// A notary's own keys: from memory, the database or the notary itself, never from another notary.
    private func notaryRing(_ needs: [KeyNeed]) async -> KeyRing {
        var ring = KeyRing()
        for server in Set(needs.map(\.server)).sorted() {
            let known = await stored([server])[server] ?? [:]
            if satisfies(known, Array(needs)) {
                ring.add(known, of: server)
                continue
            }
            let now = environment.nowMilliseconds()
            guard let json = try? await client.getUnsigned(RequestTarget("/_matrix/key/v2/server"), from: server),
                let document = try? KeyDocument(json, of: server, now: now, limits: limits)
            else { continue }
            await keep(document)
            ring.add(document.keys, of: server)
        }
        return ring
    }

    private func keep(_ document: KeyDocument) async {
        let now = environment.monotonicMilliseconds()
        state.withLock { state in
            let old = state.known.value(for: document.server, at: now) ?? [:]
            // A key once seen stays known for the events that it signed, though the server lists it no more.
            let merged = old.merging(document.keys) { _, new in new }
            let kept = merged.count <= 4 * limits.keysPerServer ? merged : document.keys
            state.known.insert(kept, for: document.server, until: now + limits.keyValidityMilliseconds, at: now)
            state.documents.insert(document, for: document.server, until: now + limits.keyValidityMilliseconds, at: now)
        }
        await archive.store(document, fetched: environment.nowMilliseconds())
    }
}
