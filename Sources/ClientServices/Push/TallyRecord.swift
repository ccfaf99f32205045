import MatrixModel
import Storage

/// One event of a room in the form that counting needs: small, and the same for all members.
struct TallyRecord: Sendable {
    /// The event's place in the timeline.
    let ordering: Int64
    /// The event's number.
    let number: Int64
    /// Numbers of the tally: of the sender, of the thread (0 is the main timeline), of the list of mentioned users (−1 is none).
    let sender: Int32
    let thread: Int32
    let mentions: Int32
    /// Joined members when the event came; −1 until somebody's rules ask.
    var memberCount: Int32 = -1
    var traits: Traits
    /// Of a redaction that was carried out, the place of what it redacts.
    let redacts: Int64

    var position: Position { ordering / TimelineOrder.placesPerPosition }

    /// What the default rules say of an event, and what else counting asks.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt16

        /// For who is not mentioned.
        static let notifies = Traits(rawValue: 1)
        static let highlights = Traits(rawValue: 2)
        /// For who is mentioned.
        static let notifiesMentioned = Traits(rawValue: 4)
        static let highlightsMentioned = Traits(rawValue: 8)
        /// Sending it shows that the sender has read what was before.
        static let marksRead = Traits(rawValue: 16)
        /// Not every member may see it.
        static let isRestricted = Traits(rawValue: 32)
        static let isRedacted = Traits(rawValue: 64)
        /// It relates to another event.
        static let relates = Traits(rawValue: 128)
        /// It is in a thread because what it relates to is.
        static let isInThreadByParent = Traits(rawValue: 256)
    }
}
