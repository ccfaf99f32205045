import MatrixModel
import RoomGraph
import Testing

/// The recorded random rooms of every room version.
@Suite struct OracleReplayTests {
    @Test(arguments: RoomVersion.allCases)
    func `every recorded room replays without a difference`(version: RoomVersion) throws {
        let rooms = try TestData.lines("matrix-events/oracle/dev/rooms_v\(version.rawValue).jsonl.gz")
        try #require(rooms.count == 8)
        var events = 0
        var merges = 0
        for (position, room) in rooms.enumerated() {
            let replay = OracleReplay.replay(room)
            events += replay.eventCount
            merges += replay.mergeCount
            for difference in replay.differences { Issue.record("room \(position): \(difference)") }
        }
        #expect(events > 400)
        #expect(merges > 80)
    }
}
