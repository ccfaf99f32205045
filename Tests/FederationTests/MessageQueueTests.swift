import MatrixModel
import Testing

@testable import Federation

@Suite struct MessageQueueTests {
    let room: RoomID
    let ann = user("@ann:a.test")

    init() throws {
        room = try #require(RoomID("!r:a.test"))
    }

    private func receipt(_ text: String, thread: String? = nil) -> OutboundMessage {
        guard let event = EventID(text) else { preconditionFailure("'\(text)' is no event ID") }
        return .receipt(room: room, type: "m.read", user: ann, event: event, thread: thread, timestamp: 7)
    }

    @Test func `the newest of equal keys counts and keeps the first one's place`() {
        var queue = MessageQueue(limit: 10)
        queue.add(receipt("$1"))
        queue.add(.typing(room: room, user: ann, isTyping: true))
        queue.add(.typing(room: room, user: ann, isTyping: false))
        queue.add(receipt("$2"))
        #expect(queue.take(10) == [receipt("$2"), .typing(room: room, user: ann, isTyping: false)])
        #expect(queue.isEmpty)
    }

    @Test func `messages for devices are never merged`() {
        var queue = MessageQueue(limit: 10)
        queue.add(.directToDevice(content: ["message_id": "1"]))
        queue.add(.directToDevice(content: ["message_id": "2"]))
        #expect(queue.take(1) == [.directToDevice(content: ["message_id": "1"])])
        #expect(queue.count == 1)
    }

    @Test func `the oldest goes when the queue is full`() {
        var queue = MessageQueue(limit: 2)
        for number in 1...3 { queue.add(.directToDevice(content: ["n": .integer(number)])) }
        #expect(queue.take(5) == [.directToDevice(content: ["n": 2]), .directToDevice(content: ["n": 3])])
    }

    @Test func `receipts of one room make one EDU, of two threads two`() throws {
        let edus = OutboundMessage.edus([receipt("$1"), receipt("$2", thread: "main"), .presence(user: ann, content: ["presence": "online"])])
        #expect(edus.count == 3)
        #expect(
            edus[0] == ["edu_type": "m.receipt", "content": ["!r:a.test": ["m.read": ["@ann:a.test": ["data": ["ts": 7], "event_ids": ["$1"]]]]]])
        #expect(edus[2] == ["edu_type": "m.presence", "content": ["push": [["presence": "online"]]]])
    }

    @Test func `an EDU's content becomes the same messages again`() {
        let message = receipt("$1", thread: "main")
        let content = OutboundMessage.edus([message])[0]["content"]
        #expect(OutboundMessage.messages(type: "m.receipt", content: JSON(content ?? .null)) == [message])
        #expect(OutboundMessage.messages(type: "m.unknown", content: JSON([:])) == [])
    }
}
