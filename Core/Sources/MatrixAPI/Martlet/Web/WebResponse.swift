/// A file or page of the web client.
public struct WebResponse: EndpointResponse {
    public let status: Int
    public let payload: Payload
    public let headers: [(name: String, value: String)]

    public init(status: Int = 200, payload: Payload, headers: [(name: String, value: String)]) {
        self.status = status
        self.payload = payload
        self.headers = headers
    }
}
