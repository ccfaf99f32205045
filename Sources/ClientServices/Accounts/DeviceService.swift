import Database
import MatrixAPI
import MatrixModel
import Storage

/// The devices of a person (client-server API, "Device Management").
struct DeviceService: Sendable {
    let accounts: AccountService
    let owner: OwnerAuthentication

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetDevices.self) { caller, _ in
            let devices = try await accounts.database.read { try DeviceStore($0).devices(of: caller.user) }
            return GetDevices.Response(devices: devices.map(DeviceResponse.init))
        }
        table.on(GetDevice.self) { caller, request in
            guard let device = try await accounts.database.read({ try DeviceStore($0).device(request.deviceID, of: caller.user) }) else {
                throw DeviceService.unknown
            }
            return DeviceResponse(device)
        }
        table.on(UpdateDevice.self) { caller, request in try await update(caller, request) }
        table.on(DeleteDevice.self) { caller, request in
            try await owner.authenticate(caller, request.auth, for: "delete_device", target: request.deviceID) {
                try await delete([request.deviceID], of: caller.user)
            }
        }
        table.on(DeleteDevices.self) { caller, request in
            guard request.devices.count <= AccountLimits.devicesPerDeletion else {
                throw MatrixError.invalidParam("At most \(AccountLimits.devicesPerDeletion) devices at once.")
            }
            return try await owner.authenticate(
                caller, request.auth, for: "delete_devices", target: request.devices.sorted().joined(separator: "\0")
            ) {
                try await delete(request.devices, of: caller.user)
            }
        }
        return table
    }

    private func update(_ caller: UserCaller, _ request: UpdateDevice.Request) async throws -> UpdateDevice.Response {
        guard request.displayName?.utf8.count ?? 0 <= AccountLimits.deviceBytes,
            (1...AccountLimits.deviceBytes).contains(request.deviceID.utf8.count)
        else { throw MatrixError.invalidParam("A device's ID and name have at most \(AccountLimits.deviceBytes) bytes.") }
        // "If not given, the display name is unchanged."
        if try await accounts.renameDevice(request.deviceID, of: caller.user, to: request.displayName) { return UpdateDevice.Response(isNew: false) }
        guard caller.applicationService != nil else { throw DeviceService.unknown }
        let now = accounts.environment.nowMilliseconds()
        try await accounts.database.write {
            try DeviceStore($0).ensure(request.deviceID, of: caller.user, displayName: request.displayName, at: now)
        }
        return UpdateDevice.Response(isNew: true)
    }

    private func delete(_ devices: [String], of user: UserID) async throws -> EmptyResponse {
        try await accounts.deleteDevices(devices, of: user)
        for device in devices { accounts.authenticator.forget(user, device: device) }
        return EmptyResponse()
    }

    private static let unknown = MatrixError(404, .notFound, "There is no such device.")
}

extension DeviceResponse {
    init(_ device: Device) {
        self.init(
            deviceID: device.id, displayName: device.displayName, lastSeenAddress: device.lastSeenAddress,
            lastSeenTimestamp: device.lastSeen)
    }
}
