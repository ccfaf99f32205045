import MatrixModel
import RoomGraph
import Testing

/// Every rejection, each produced by an event that breaks its rule and no earlier one.
@Suite struct AuthRejectionTests {
    @Test(arguments: AuthRejectionCases.all)
    func `an event that breaks the rule is rejected for it`(example: AuthRejectionCases.Example) {
        #expect(example.found == example.expected)
        #expect(!example.expected.description.isEmpty)
    }

    @Test func `every rule has an example`() {
        let numbers = Set(AuthRejectionCases.all.map { AuthRejectionCases.number(of: $0.expected) })
        #expect(numbers == Set(0..<AuthRejectionCases.count))
    }
}
