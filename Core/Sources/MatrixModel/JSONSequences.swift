/// The elements of an array, in order.
public struct JSONElements: Sequence, Sendable {
    private let array: JSON

    init(_ array: JSON) { self.array = array }

    public var underestimatedCount: Int { array.isArray ? array.count : 0 }

    public func makeIterator() -> Iterator { Iterator(array) }

    /// Walks the tape.
    public struct Iterator: IteratorProtocol {
        private let document: JSONDocument
        private var place: Int
        private var remaining: Int

        init(_ array: JSON) {
            document = array.document
            place = array.index + 2
            remaining = array.isArray ? array.count : 0
        }

        public mutating func next() -> JSON? {
            guard remaining > 0 else { return nil }
            remaining -= 1
            let element = JSON(document: document, index: place)
            place = document.next(after: place)
            return element
        }
    }
}

/// The members of an object, in source order.
public struct JSONMembers: Sequence, Sendable {
    private let object: JSON

    init(_ object: JSON) { self.object = object }

    public var underestimatedCount: Int { object.isObject ? object.count : 0 }

    public func makeIterator() -> Iterator { Iterator(object) }

    /// Walks the tape.
    public struct Iterator: IteratorProtocol {
        private let document: JSONDocument
        private var place: Int
        private var remaining: Int

        init(_ object: JSON) {
            document = object.document
            place = object.index + 2
            remaining = object.isObject ? object.count : 0
        }

        public mutating func next() -> (key: String, value: JSON)? {
            guard remaining > 0 else { return nil }
            remaining -= 1
            let key = JSONText.string(of: document.node(at: place), in: document.bytes)
            let value = JSON(document: document, index: place + 1)
            place = document.next(after: place + 1)
            return (key, value)
        }
    }
}
