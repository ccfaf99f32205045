import MatrixAPI

/// The picture of a preview, which is media of this server.
struct PreviewImage: Sendable {
    let reference: MediaReference
    let contentType: String
    let width: Int
    let height: Int
    let bytes: Int
}
