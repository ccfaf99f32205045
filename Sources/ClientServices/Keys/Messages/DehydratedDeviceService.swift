import Database
import MatrixAPI
import MatrixModel
import Storage

/// Keeps a device that receives messages while all others of its user are away (MSC3814).
struct DehydratedDeviceService: Sendable {
    let context: KeyContext

    func bind(to table: inout RouteTable) {
        table.on(PutDehydratedDevice.self) { caller, request in try await put(caller.user, request) }
        table.on(GetDehydratedDevice.self) { caller, _ in
            let (id, data) = try await device(of: caller.user)
            return FragmentResponse(.object([("device_data", .encoded(Array(data.rawBytes))), ("device_id", .string(id))]))
        }
        table.on(DeleteDehydratedDevice.self) { caller, _ in
            let id = try await device(of: caller.user).id
            try await replace(caller.user) { _ in [] }
            return JSONResponse(["device_id": .string(id)])
        }
        table.on(GetDehydratedDeviceEvents.self) { caller, request in try await events(caller.user, request) }
    }

    private func device(of user: UserID) async throws -> (id: String, data: JSON) {
        guard let device = try await context.database.read({ try DehydratedDeviceStore($0).device(of: user) }) else {
            throw MatrixError.notFound("There is no dehydrated device.")
        }
        return device
    }

    private func put(_ user: UserID, _ request: PutDehydratedDevice.Request) async throws -> JSONResponse {
        let id = request.deviceID
        guard (1...AccountLimits.deviceBytes).contains(id.utf8.count), request.displayName?.utf8.count ?? 0 <= AccountLimits.deviceBytes else {
            throw MatrixError.invalidParam("A device's ID and name have at most \(AccountLimits.deviceBytes) bytes.")
        }
        guard let keys = request.keys.deviceKeys else { throw MatrixError.missingParam("device_keys") }
        let now = context.environment.nowMilliseconds()
        try await replace(user) { transaction in
            let devices = DeviceStore(transaction)
            guard try devices.device(id, of: user) == nil else { throw MatrixError.invalidParam("There is a device of this ID.") }
            try devices.ensure(id, of: user, displayName: request.displayName, at: now)
            let writer = KeyWriter(transaction: transaction, user: user, device: id)
            _ = try writer.write(deviceKeys: keys)
            try writer.write(oneTimeKeys: request.keys.oneTimeKeys)
            try writer.write(fallbackKeys: request.keys.fallbackKeys)
            try DehydratedDeviceStore(transaction).set(id, data: request.data, of: user)
            return [id]
        }
        return JSONResponse(["device_id": .string(id)])
    }

    /// Removes the device that is there, and makes another: `body` gives the devices made.
    private func replace(_ user: UserID, _ body: @escaping @Sendable (Transaction) throws -> [String]) async throws {
        let announcer = context.announcer
        try await context.database.write { transaction -> DeviceListChange? in
            let old = try DehydratedDeviceStore(transaction).device(of: user)?.id
            if let old { _ = try DeviceStore(transaction).delete(old, of: user) }
            let made = try body(transaction)
            let changed = made + (old.map { made.contains($0) ? [] : [$0] } ?? [])
            return changed.isEmpty ? nil : try DeviceListStore(transaction).note(changed, of: user)
        } whenDurable: {
            announcer.announce($0)
        }
    }

    private func events(_ user: UserID, _ request: GetDehydratedDeviceEvents.Request) async throws -> FragmentResponse {
        var after: Position = 0
        if let text = request.nextBatch {
            guard let position = Position(text), position >= 0 else { throw MatrixError.invalidParam("'next_batch' is none of this server.") }
            after = position
        }
        let known = after
        return try await context.database.read { transaction in
            guard try DehydratedDeviceStore(transaction).device(of: user)?.id == request.deviceID else {
                throw MatrixError.forbidden("This is not your dehydrated device.")
            }
            let messages = try DeviceMessageStore(transaction).messages(
                for: request.deviceID, of: user, after: known, limit: KeyLimits.dehydratedPage)
            return FragmentResponse(
                .object([
                    ("events", .array(messages.map { .encoded($0.message) })),
                    ("next_batch", .string("\(messages.last?.position ?? known)")),
                ]))
        }
    }
}
