extension JSONDocument {
    /// The place of the value of that member, or nil where there is none.
    func value(of key: String, inObjectAt index: Int) -> Int? {
        var key = key
        return key.withUTF8 { sought in
            var place = index + 2
            for _ in 0..<count(at: index) {
                if JSONText.text(of: node(at: place), in: bytes, equals: sought) { return place + 1 }
                place = next(after: place + 1)
            }
            return nil
        }
    }
}
