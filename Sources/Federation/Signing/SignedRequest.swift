import MatrixModel
import RoomGraph

/// The JSON object of a request that its signature covers.
enum SignedRequest {
    /// The canonical text of `{content, destination, method, origin, uri}`. `body` is the canonical text of the body, nil where there is none.
    static func bytes(method: String, uri: String, origin: String, destination: String?, body: [UInt8]?) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((body?.count ?? 0) + uri.utf8.count + 256)
        bytes.append(UInt8(ascii: "{"))
        if let body {
            bytes.append(contentsOf: "\"content\":".utf8)
            bytes.append(contentsOf: body)
            bytes.append(UInt8(ascii: ","))
        }
        if let destination {
            bytes.append(contentsOf: "\"destination\":".utf8)
            JSONValue.string(destination).appendBytes(to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        for (name, value) in [("method", method), ("origin", origin), ("uri", uri)] {
            if name != "method" { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: "\"\(name)\":".utf8)
            JSONValue.string(value).appendBytes(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// The `Authorization` field of an outbound request.
    static func authorization(
        method: String, uri: String, origin: ServerName, destination: ServerName, body: [UInt8]?, key: SigningKey
    ) -> PeerAuthorization {
        let covered = bytes(method: method, uri: uri, origin: origin.description, destination: destination.description, body: body)
        return PeerAuthorization(
            origin: origin, destination: destination.description, keyID: key.keyID, signature: Base64.encode(key.sign(covered)))
    }
}
