import MatrixModel
import Storage

/// Where a client stands: a journal position and a serial of typing, `s{position}_{typing}`, with a third part where messages for the device
/// up to an earlier position only were told. It stays valid over restarts.
struct SyncToken: Hashable, Sendable, CustomStringConvertible {
    /// Everything but messages for the device was told up to here.
    var position: Position
    /// Typing up to this serial was told; serials of a later start of the server are larger.
    var typing: Int64
    /// Messages for the device were told up to here.
    var deviceMessages: Position

    init(position: Position, typing: Int64, deviceMessages: Position? = nil) {
        self.position = position
        self.typing = typing
        self.deviceMessages = deviceMessages ?? position
    }

    /// Nil where the text is not a token of `/sync`.
    init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "s") else { return nil }
        let parts = text.dropFirst().split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let position = Position(parts[0]), let typing = Int64(parts[1]), position >= 0, typing >= 0
        else { return nil }
        guard parts.count == 3 else {
            self.init(position: position, typing: typing)
            return
        }
        guard let deviceMessages = Position(parts[2]), deviceMessages >= 0 else { return nil }
        self.init(position: position, typing: typing, deviceMessages: deviceMessages)
    }

    /// Moves on to a position up to which nothing concerned the client.
    mutating func advance(to quiet: Position) {
        guard quiet > position else { return }
        if deviceMessages == position { deviceMessages = quiet }
        position = quiet
    }

    var description: String { deviceMessages == position ? "s\(position)_\(typing)" : "s\(position)_\(typing)_\(deviceMessages)" }
}

/// A gap between two events of a room's timeline, `t{place}`: events at most there stand before it.
struct TimelineToken: Hashable, Sendable, CustomStringConvertible {
    /// The last place before the gap.
    var place: Int64

    init(place: Int64) { self.place = place }

    /// The end of what a sync token covers.
    init(_ token: SyncToken) { place = TimelineOrder.end(of: token.position) }

    /// Reads a token of either kind; nil where the text is neither.
    init?(_ text: String) {
        if let token = SyncToken(text) {
            self.init(token)
            return
        }
        // "A pos token can be used in /messages and /relations APIs" (MSC4186).
        if let token = SlidingToken(text) {
            self.init(place: TimelineOrder.end(of: token.position))
            return
        }
        guard text.utf8.first == UInt8(ascii: "t"), let place = Int64(text.dropFirst()) else { return nil }
        self.init(place: place)
    }

    /// The token of a query parameter; 400 `M_INVALID_PARAM` where it is none of ours.
    static func parse(_ text: String, _ name: String) throws(MatrixError) -> TimelineToken {
        guard let token = TimelineToken(text) else { throw .invalidParam("'\(name)' is not a token of this server.") }
        return token
    }

    var description: String { "t\(place)" }
}
