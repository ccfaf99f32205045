public import MatrixModel

/// Where the ephemeral messages of other servers go; the wiring fills it in. Each function gets the content of one EDU and the server that
/// sent it, and checks itself that the server may speak for the users named.
public struct EphemeralInbox: Sendable {
    /// Takes the content of one EDU.
    public typealias Take = @Sendable (_ content: JSON, _ origin: ServerName) async throws -> Void

    /// `m.typing`; the room's server ACL allows the server.
    public var typing: Take
    /// `m.receipt`; rooms whose server ACL does not allow the server are left out.
    public var receipts: Take
    /// `m.presence`.
    public var presence: Take
    /// `m.device_list_update` and `m.signing_key_update`.
    public var deviceChange: @Sendable (_ type: String, _ content: JSON, _ origin: ServerName) async throws -> Void
    /// `m.direct_to_device`.
    public var directToDevice: Take

    /// What is not given is passed over.
    public init(
        typing: @escaping Take = { _, _ in }, receipts: @escaping Take = { _, _ in }, presence: @escaping Take = { _, _ in },
        deviceChange: @escaping @Sendable (String, JSON, ServerName) async throws -> Void = { _, _, _ in },
        directToDevice: @escaping Take = { _, _ in }
    ) {
        self.typing = typing
        self.receipts = receipts
        self.presence = presence
        self.deviceChange = deviceChange
        self.directToDevice = directToDevice
    }
}
