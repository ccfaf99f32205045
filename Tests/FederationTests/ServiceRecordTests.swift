import Federation
import Testing

@Suite struct ServiceRecordTests {
    private func record(_ priority: Int, _ weight: Int, _ target: String) -> ServiceRecord {
        ServiceRecord(priority: priority, weight: weight, port: 1, target: target)
    }

    @Test func `lower priorities come first whatever the weights`() {
        let records = [record(20, 100, "c"), record(10, 0, "a"), record(15, 1, "b")]
        #expect(ServiceRecord.ordered(records) { $0 }.map(\.target) == ["a", "b", "c"])
    }

    @Test func `the draw picks by weight`() {
        let records = [record(1, 60, "heavy"), record(1, 30, "middle"), record(1, 10, "light")]
        #expect(ServiceRecord.ordered(records) { _ in 5 }.first?.target == "light")
        #expect(ServiceRecord.ordered(records) { _ in 11 }.first?.target == "middle")
        #expect(ServiceRecord.ordered(records) { $0 }.first?.target == "heavy")
    }

    @Test func `all records of weight zero are kept`() {
        #expect(ServiceRecord.ordered([record(1, 0, "b"), record(1, 0, "a")]) { _ in 0 }.map(\.target) == ["a", "b"])
    }
}
