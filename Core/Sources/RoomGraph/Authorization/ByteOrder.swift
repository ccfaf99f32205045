extension String {
    /// Whether both are the same bytes; Swift's `==` also holds canonically equivalent Unicode equal, which Matrix does not.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }

    /// Order by UTF-8 bytes, which is the order of code points.
    func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
