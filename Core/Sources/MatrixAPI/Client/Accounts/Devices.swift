public import MatrixModel

/// Lists the caller's devices (client-server API, "Device Management").
public enum GetDevices: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public static let route = Route(
        .get, "/_matrix/client/v3/devices", aliases: ["/_matrix/client/r0/devices"], limit: .read, allowsGuests: true)

    public struct Response: EndpointResponse {
        public let devices: [DeviceResponse]
        public init(devices: [DeviceResponse]) { self.devices = devices }
        public var payload: Payload { .json(["devices": .array(devices.map(\.value))]) }
    }
}

/// One device as its owner sees it.
public struct DeviceResponse: EndpointResponse {
    public let deviceID: String
    public let displayName: String?
    public let lastSeenAddress: String?
    /// Milliseconds since the epoch.
    public let lastSeenTimestamp: Int?

    public init(deviceID: String, displayName: String?, lastSeenAddress: String?, lastSeenTimestamp: Int?) {
        self.deviceID = deviceID
        self.displayName = displayName
        self.lastSeenAddress = lastSeenAddress
        self.lastSeenTimestamp = lastSeenTimestamp
    }

    /// The device's object.
    public var value: JSONValue {
        var members: JSONValue = ["device_id": .string(deviceID)]
        // Clients such as matrix-nio refuse a device without these members.
        members["display_name"] = displayName.map(JSONValue.string) ?? .null
        members["last_seen_ip"] = lastSeenAddress.map(JSONValue.string) ?? .null
        members["last_seen_ts"] = lastSeenTimestamp.map(JSONValue.integer) ?? .null
        return members
    }
    public var payload: Payload { .json(value) }
}

/// Reads one of the caller's devices.
public enum GetDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = DeviceResponse
    public static let route = Route(
        .get, "/_matrix/client/v3/devices/{deviceId}", aliases: ["/_matrix/client/r0/devices/{deviceId}"], limit: .read,
        allowsGuests: true)

    public struct Request: EndpointRequest {
        public let deviceID: String
        public init(_ input: RequestInput) throws(MatrixError) { deviceID = try input.path("deviceId") }
    }
}

/// Renames a device; an application service may make one.
public enum UpdateDevice: Endpoint {
    public typealias Caller = UserCaller
    public static let route = Route(
        .put, "/_matrix/client/v3/devices/{deviceId}", aliases: ["/_matrix/client/r0/devices/{deviceId}"], limit: .accountData,
        allowsGuests: true)

    public struct Request: EndpointRequest {
        public let deviceID: String
        public let displayName: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            deviceID = try input.path("deviceId")
            displayName = try input.bodyObject().optional("display_name")
        }
    }

    public struct Response: EndpointResponse {
        /// 201 where the device was made.
        public let status: Int
        public init(isNew: Bool) { status = isNew ? 201 : 200 }
        public var payload: Payload { .json(.object([:])) }
    }
}

/// Deletes a device and ends its session.
public enum DeleteDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .delete, "/_matrix/client/v3/devices/{deviceId}", aliases: ["/_matrix/client/r0/devices/{deviceId}"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let deviceID: String
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            deviceID = try input.path("deviceId")
            auth = try input.optionalBodyObject().optional("auth")
        }
    }
}

/// Deletes several devices and ends their sessions.
public enum DeleteDevices: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = EmptyResponse
    public static let route = Route(
        .post, "/_matrix/client/v3/delete_devices", aliases: ["/_matrix/client/r0/delete_devices"], limit: .accountData)

    public struct Request: EndpointRequest {
        public let devices: [String]
        public let auth: JSON?

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            devices = try body.required("devices")
            auth = try body.optional("auth")
        }
    }
}
