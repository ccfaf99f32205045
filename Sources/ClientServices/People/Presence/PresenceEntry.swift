import MatrixModel

/// One device as far as presence goes; times are monotonic milliseconds.
struct PresenceDevice: Sendable {
    /// What the device says of its user.
    var declared: PresenceState
    /// Syncs under way, and those of them that are told of presence.
    var syncs = 0
    var listening = 0
    /// When it was last heard of.
    var heard: Int

    /// Whether it is there, and does not hide it.
    func isPresent(at now: Int) -> Bool {
        declared != .offline && (syncs > 0 || now - heard < PresenceLimits.absentMilliseconds)
    }
}

/// What is known of one user's presence; times are monotonic milliseconds.
struct PresenceEntry: Sendable {
    /// What others were told last.
    struct Told: Sendable, Hashable {
        var state = PresenceState.offline
        var status: String?
    }

    /// A local user's devices.
    var devices: [String: PresenceDevice] = [:]
    /// What another server says of its user, and when it last did.
    var declared = PresenceState.offline
    var heard = 0
    var lastActive: Int?
    var status: String?
    /// Whether `status` was read, for a local user.
    var hasStatus = false
    var told = Told()
    /// The serial of the last change that was told.
    var serial: Int64 = 0
    /// The event that clients are shown, as it was last made, and when: many are shown the same one within moments.
    var encoded: (bytes: [UInt8], serial: Int64, at: Int)?
    /// Whether a client of the user said something that was not told yet, and the serial of the last change that came of it.
    var hasDeclared = false
    var declaredSerial: Int64 = 0

    /// The state of a local user, made of those of the devices.
    func localState(at now: Int) -> PresenceState {
        var state = PresenceState.offline
        for device in devices.values where device.isPresent(at: now) {
            if device.declared == .online, let lastActive, now - lastActive < PresenceLimits.idleMilliseconds { return .online }
            state = .unavailable
        }
        return state
    }

    /// The state of another server's user.
    func remoteState(at now: Int) -> PresenceState {
        now - heard < PresenceLimits.silentMilliseconds ? declared : .offline
    }

    /// The device, made where it is new; the one heard of longest ago goes where there are too many.
    mutating func change(_ device: String, at now: Int, _ body: (inout PresenceDevice) -> Void) {
        if devices[device] == nil, devices.count >= PresenceLimits.devices {
            let idle = devices.filter { $0.value.syncs == 0 }
            if let oldest = idle.min(by: { ($0.value.heard, $0.key) < ($1.value.heard, $1.key) }) { devices[oldest.key] = nil }
        }
        body(&devices[device, default: PresenceDevice(declared: .offline, heard: now)])
    }

    /// Forgets devices that are long gone.
    mutating func prune(at now: Int) {
        devices = devices.filter { $0.value.syncs > 0 || now - $0.value.heard < PresenceLimits.absentMilliseconds }
    }
}
