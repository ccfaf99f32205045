public import MatrixModel

/// Gives the devices and identity keys of users (client-server API, "Tracking the device list for a user").
public enum QueryKeys: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.keys(.post, "/keys/query", allowsGuests: true)

    public struct Request: EndpointRequest {
        public let timeoutMilliseconds: Int?
        public let devices: DeviceQuery

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            timeoutMilliseconds = try body.optional("timeout")
            devices = try DeviceQuery(body)
        }
    }
}

/// The users whose keys are asked for, in order, each with the devices that are; all where there are none.
public struct DeviceQuery: Sendable {
    public let users: [(user: UserID, devices: [String])]

    /// Reads `device_keys`; names that are no user IDs are nobody's.
    public init(_ body: JSON) throws(MatrixError) {
        let object: JSON = try body.required("device_keys")
        users = try object.table("device_keys", of: [String].self).compactMap { key, devices in UserID(key).map { ($0, devices) } }
    }
}
