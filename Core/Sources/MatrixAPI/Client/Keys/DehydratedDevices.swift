public import MatrixModel

extension Route {
    /// A route of dehydrated devices (MSC3814).
    static func dehydratedDevice(_ method: Method, _ path: String = "") -> Route {
        Route(
            method, "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device" + path, limit: .keys,
            maximumBodyBytes: Route.maximumKeyRequestBytes)
    }
}

/// Stores a device that receives messages while all others are away; it replaces the one before.
public enum PutDehydratedDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = JSONResponse
    public static let route = Route.dehydratedDevice(.put)

    public struct Request: EndpointRequest {
        public let deviceID: String
        /// The encrypted device, an object.
        public let data: JSON
        public let displayName: String?
        public let keys: UploadKeys.Request

        public init(_ input: RequestInput) throws(MatrixError) {
            let body = try input.bodyObject()
            deviceID = try body.required("device_id")
            data = try body.required("device_data")
            guard data.isObject else { throw .badJSON("'device_data' must be an object.") }
            displayName = try body.optional("initial_device_display_name")
            keys = try UploadKeys.Request(input)
        }
    }
}

/// Reads the dehydrated device.
public enum GetDehydratedDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = FragmentResponse
    public static let route = Route.dehydratedDevice(.get)
}

/// Deletes the dehydrated device.
public enum DeleteDehydratedDevice: Endpoint {
    public typealias Caller = UserCaller
    public typealias Request = EmptyRequest
    public typealias Response = JSONResponse
    public static let route = Route.dehydratedDevice(.delete)
}

/// Reads the messages that the dehydrated device was sent, page by page.
public enum GetDehydratedDeviceEvents: Endpoint {
    public typealias Caller = UserCaller
    public typealias Response = FragmentResponse
    public static let route = Route.dehydratedDevice(.post, "/{deviceId}/events")

    public struct Request: EndpointRequest {
        public let deviceID: String
        /// Where the page before ended.
        public let nextBatch: String?

        public init(_ input: RequestInput) throws(MatrixError) {
            deviceID = try input.path("deviceId")
            nextBatch = try input.optionalBodyObject().optional("next_batch")
        }
    }
}
