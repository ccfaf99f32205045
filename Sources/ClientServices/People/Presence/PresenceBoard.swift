import MatrixModel
import Synchronization

/// Who is there, of this server's users and of others'; in memory alone. What others are told changes once a round, under one serial.
final class PresenceBoard: Sendable {
    private struct State {
        var local: [UserID: PresenceEntry] = [:]
        var remote: [UserID: PresenceEntry] = [:]
        /// Users who may have changed since the last round.
        var touched: Set<UserID> = []
        /// Users who are told of again though nothing changed: they came into a room.
        var renewed: Set<UserID> = []
        /// Local users who lately waited for news of presence, and a number that grows with each who comes or goes.
        var listeners: Set<UserID> = []
        var listenersVersion = 0
        /// Users without their status text.
        var unread: Set<UserID> = []
        /// Changes that were told, oldest first; a user's last one counts.
        var log: [(serial: Int64, user: UserID)] = []
        /// Every change after this serial is in the log.
        var logStart: Int64 = 0
        var lastSweep = 0
        var lastRemoteSweep = 0
    }

    let isEnabled: Bool
    let serverName: ServerName
    private let serials: EphemeralSerials
    private let state = Mutex(State())

    init(serverName: ServerName, serials: EphemeralSerials, isEnabled: Bool) {
        self.serverName = serverName
        self.serials = serials
        self.isEnabled = isEnabled
    }

    // MARK: This server's users

    /// A device begins to wait for news, of presence too where `isListening`. `declared` is what it says of its user; nil where it says
    /// nothing and is taken to be online.
    func syncBegan(_ user: UserID, device: String, declared: PresenceState?, isListening: Bool = true, at now: Int) {
        change(user, listens: isListening) { entry in
            entry.change(device, at: now) { device in
                device.syncs += 1
                device.listening += isListening ? 1 : 0
                device.heard = now
                // A client that says nothing is there, but whoever it was said to be idle by is not active for that.
                if let declared { device.declared = declared } else if device.declared == .offline { device.declared = .online }
            }
            if declared == .online || entry.lastActive == nil || entry.told.state == .offline { entry.lastActive = now }
        }
    }

    /// The device's wait is over.
    func syncEnded(_ user: UserID, device: String, isListening: Bool = true, at now: Int) {
        change(user) { entry in
            entry.change(device, at: now) { device in
                device.syncs = max(0, device.syncs - 1)
                if isListening { device.listening = max(0, device.listening - 1) }
                device.heard = now
            }
        }
    }

    /// A client says what its user is; "when setting the status, the activity time is updated".
    func declare(_ user: UserID, device: String, _ state: PresenceState, status: String?, at now: Int) {
        change(user) { entry in
            entry.change(device, at: now) { device in
                device.declared = state
                device.heard = now
            }
            entry.lastActive = now
            entry.status = status
            entry.hasStatus = true
            entry.hasDeclared = true
        }
    }

    /// A person does something: who is idle is active again; who hides stays hidden.
    func active(_ user: UserID, device: String, at now: Int) {
        guard isEnabled else { return }
        state.withLock { state in
            guard state.local[user] != nil else { return }
            state.local[user]?.lastActive = now
            if state.local[user]?.devices[device]?.declared == .unavailable { state.local[user]?.devices[device]?.declared = .online }
            if state.local[user]?.told.state != .online { state.touched.insert(user) }
        }
    }

    private func change(_ user: UserID, listens: Bool = false, _ body: (inout PresenceEntry) -> Void) {
        guard isEnabled else { return }
        state.withLock { state in
            if listens, state.listeners.insert(user).inserted { state.listenersVersion += 1 }
            if state.local[user] == nil, state.local.count >= PresenceLimits.localUsers { PresenceBoard.makeRoom(&state.local) }
            body(&state.local[user, default: PresenceEntry()])
            if state.local[user]?.hasStatus == false { state.unread.insert(user) }
            state.touched.insert(user)
        }
    }

    /// Users whose status text must be read.
    var unread: [UserID] { state.withLock { $0.unread.sorted() } }

    /// Notes the status texts that were stored, where none was set since.
    func fill(_ statuses: [UserID: String]) {
        state.withLock { state in
            for user in state.unread.sorted() where state.local[user]?.hasStatus == false {
                state.local[user]?.status = statuses[user]
                state.local[user]?.hasStatus = true
                // What is stored was told.
                state.local[user]?.told.status = statuses[user]
            }
            state.unread = []
        }
    }

    /// The local users who lately waited for news of presence; nil where they are the same as at that version.
    func listeners(unlike version: Int) -> (users: Set<UserID>, version: Int)? {
        state.withLock { state in
            state.listenersVersion == version ? nil : (state.listeners, state.listenersVersion)
        }
    }

    // MARK: Other servers' users

    /// Notes what another server says of its user; `lastActive` in monotonic milliseconds.
    func hear(_ user: UserID, _ declared: PresenceState, status: String?, lastActive: Int?, at now: Int) {
        guard isEnabled else { return }
        state.withLock { state in
            if state.remote[user] == nil {
                guard declared != .offline || status != nil else { return }
                if state.remote.count >= PresenceLimits.remoteUsers { PresenceBoard.makeRoom(&state.remote) }
            }
            var entry = state.remote[user] ?? PresenceEntry()
            entry.declared = declared
            entry.heard = now
            entry.status = status
            entry.lastActive = lastActive ?? entry.lastActive
            state.remote[user] = entry
            state.touched.insert(user)
        }
    }

    /// Forgets an eighth of the users, those first who are offline and have been for longest.
    private static func makeRoom(_ entries: inout [UserID: PresenceEntry]) {
        let order = entries.sorted { first, second in
            (first.value.told.state.number, first.value.serial, first.key) < (second.value.told.state.number, second.value.serial, second.key)
        }
        for (user, entry) in order.prefix(entries.count / 8) where entry.devices.values.allSatisfy({ $0.syncs == 0 }) { entries[user] = nil }
    }

    /// Sees that those who are there are told of again, for they came into a room.
    func renew(_ users: some Sequence<UserID>) {
        state.withLock { state in
            for user in users where state.local[user] != nil || state.remote[user] != nil {
                state.renewed.insert(user)
                state.touched.insert(user)
            }
        }
    }

    // MARK: Restarts

    /// Puts a user back as they were told before a restart: here, until their devices come back or their time is over.
    func restore(_ user: UserID, _ told: PresenceState, status: String?, lastActive: Int, at now: Int) {
        state.withLock { state in
            var entry = PresenceEntry()
            entry.lastActive = lastActive
            entry.status = status
            entry.hasStatus = true
            entry.told = PresenceEntry.Told(state: told, status: status)
            entry.declared = told
            entry.heard = now
            if user.server == serverName {
                if let known = state.local[user] {
                    entry.devices = known.devices
                } else {
                    entry.devices[""] = PresenceDevice(declared: told, heard: now)
                }
                state.local[user] = entry
                state.unread.remove(user)
            } else {
                state.remote[user] = entry
            }
        }
    }

    // MARK: Telling

    /// What changed since the last round, by name; from now on it is told. Activity alone is no change.
    func round(at now: Int) -> [PresenceReport] {
        serials.advance { serial in
            state.withLock { state in
                var candidates = state.touched
                state.touched = []
                if now - state.lastSweep >= PresenceLimits.sweepMilliseconds {
                    state.lastSweep = now
                    PresenceBoard.sweepListeners(&state, at: now)
                    for (user, entry) in state.local where entry.told.state != .offline { candidates.insert(user) }
                }
                if now - state.lastRemoteSweep >= PresenceLimits.remoteSweepMilliseconds {
                    state.lastRemoteSweep = now
                    for (user, entry) in state.remote where entry.told.state != .offline { candidates.insert(user) }
                }
                var reports: [PresenceReport] = []
                for user in candidates {
                    guard PresenceBoard.settle(user, isLocal: user.server == serverName, serial, &state, at: now),
                        let report = report(of: user, state, at: now)
                    else { continue }
                    reports.append(report)
                }
                reports.sort { $0.user < $1.user }
                if state.log.count > PresenceLimits.log {
                    let surplus = state.log.count - PresenceLimits.log / 2
                    state.logStart = state.log[surplus - 1].serial
                    state.log.removeFirst(surplus)
                }
                return reports.isEmpty ? nil : reports
            }
        } ?? []
    }

    /// Forgets listeners who did not come back.
    private static func sweepListeners(_ state: inout State, at now: Int) {
        let gone = state.listeners.filter { user in
            guard let devices = state.local[user]?.devices else { return true }
            return !devices.values.contains { $0.listening > 0 || now - $0.heard < PresenceLimits.absentMilliseconds }
        }
        guard !gone.isEmpty else { return }
        state.listeners.subtract(gone)
        state.listenersVersion += 1
    }

    /// Brings what is told of a user in step with what is known; false where nothing changed.
    private static func settle(_ user: UserID, isLocal: Bool, _ serial: Int64, _ state: inout State, at now: Int) -> Bool {
        guard var entry = isLocal ? state.local[user] : state.remote[user] else { return false }
        // Without the status text, a change would tell that there is none.
        guard !isLocal || entry.hasStatus else {
            state.touched.insert(user)
            return false
        }
        if isLocal { entry.prune(at: now) }
        let new = PresenceEntry.Told(state: isLocal ? entry.localState(at: now) : entry.remoteState(at: now), status: entry.status)
        let isRenewed = state.renewed.remove(user) != nil && new.state != .offline
        let isChanged = isRenewed || new != entry.told
        if isChanged {
            entry.told = new
            entry.serial = serial
            if entry.hasDeclared { entry.declaredSerial = serial }
            state.log.append((serial, user))
        }
        entry.hasDeclared = false
        if isLocal { state.local[user] = entry } else { state.remote[user] = entry }
        return isChanged
    }

    // MARK: Reading

    /// What is told of a user; nil where nothing is known.
    func report(of user: UserID, at now: Int) -> PresenceReport? {
        state.withLock { report(of: user, $0, at: now) }
    }

    /// The same, as it is this moment rather than as it was last told.
    func present(_ user: UserID, at now: Int) -> PresenceReport? {
        state.withLock { state in
            guard let entry = user.server == serverName ? state.local[user] : state.remote[user] else { return nil }
            return PresenceReport(
                user: user, state: user.server == serverName ? entry.localState(at: now) : entry.remoteState(at: now), status: entry.status,
                lastActiveAgo: entry.lastActive.map { max(0, now - $0) })
        }
    }

    /// The event that clients are shown of a user, its times not older than a round; nil where nothing is known.
    func event(of user: UserID, at now: Int) -> [UInt8]? {
        state.withLock { state in
            let isLocal = user.server == serverName
            guard let entry = isLocal ? state.local[user] : state.remote[user] else { return nil }
            if let known = entry.encoded, known.serial == entry.serial, now - known.at < PresenceLimits.roundMilliseconds { return known.bytes }
            guard let bytes = report(of: user, state, at: now)?.event.bytes() else { return nil }
            if isLocal { state.local[user]?.encoded = (bytes, entry.serial, now) } else { state.remote[user]?.encoded = (bytes, entry.serial, now) }
            return bytes
        }
    }

    private func report(of user: UserID, _ state: State, at now: Int) -> PresenceReport? {
        guard let entry = user.server == serverName ? state.local[user] : state.remote[user] else { return nil }
        return PresenceReport(
            user: user, state: entry.told.state, status: entry.told.status, lastActiveAgo: entry.lastActive.map { max(0, now - $0) })
    }

    /// Users of whom something was told after a serial, up to another, by name.
    func changed(after start: Int64, through end: Int64) -> [UserID] {
        state.withLock { state in
            guard start >= state.logStart else {
                let entries = [state.local, state.remote].flatMap { $0.filter { $0.value.serial > start && $0.value.serial <= end }.keys }
                return entries.sorted()
            }
            var users: Set<UserID> = []
            for change in state.log.reversed() {
                guard change.serial > start else { break }
                if change.serial <= end { users.insert(change.user) }
            }
            return users.sorted()
        }
    }

    /// Users who are told to be there, those of this server first, by name.
    func presentUsers() -> [UserID] {
        state.withLock { state in
            [state.local, state.remote].flatMap { $0.filter { $0.value.told.state != .offline }.keys.sorted() }
        }
    }

    /// The local users who are told to be there, by name.
    var presentLocalUsers: [UserID] {
        state.withLock { state in state.local.filter { $0.value.told.state != .offline }.keys.sorted() }
    }

    /// Whether something was told after a serial that a client of the local user said: of what the server concludes itself, like being
    /// connected, people need no news about themselves.
    func hasDeclared(_ user: UserID, after serial: Int64) -> Bool {
        state.withLock { ($0.local[user]?.declaredSerial ?? 0) > serial }
    }
}
