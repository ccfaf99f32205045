import Testing

@testable import ClientServices

@Suite struct TwoGenerationsTests {
    @Test func `it never holds more than its limit`() {
        var map = TwoGenerations<Int, Int>(limit: 100)
        for number in 0..<10_000 {
            map.insert(number, for: number)
            #expect(map.count <= 100)
        }
        #expect(map.value(for: 9_999) == 9_999)
        #expect(map.value(for: 0) == nil)
    }

    @Test func `what is touched stays`() {
        var map = TwoGenerations<Int, Int>(limit: 10)
        map.insert(-1, for: -1)
        for number in 0..<1_000 {
            map.insert(number, for: number)
            #expect(map.value(for: -1) == -1)
        }
    }

    @Test func `what is removed is gone from both generations`() {
        var map = TwoGenerations<Int, Int>(limit: 4)
        for number in 0..<4 { map.insert(number, for: number) }
        #expect(map.remove(0) == 0)
        #expect(map.remove(0) == nil)
        map.removeAll { $0 == 3 }
        #expect(map.value(for: 3) == nil)
    }
}
