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

    @Test func `the judge differs from the specification in six events, all for one reason`() throws {
        var deviations: [OracleDeviation] = []
        for version in RoomVersion.allCases {
            for room in try TestData.lines("matrix-events/oracle/dev/rooms_v\(version.rawValue).jsonl.gz") {
                deviations += OracleReplay.replay(room).deviations
            }
        }
        #expect(deviations == Array(repeating: .membershipOfOtherServerInClosedRoom, count: 6))
    }

    /// A recorded room with one change in the record of its last event that is rejected, or of the room itself.
    private func kinds(_ change: (inout JSONValue, inout [JSONValue], Int) -> Void) throws -> Set<OracleDifference.Kind> {
        let recorded = try #require(try TestData.lines("matrix-events/oracle/dev/rooms_v11.jsonl.gz").first)
        var room = recorded.value
        var events = try #require(room["events"]?.array)
        let place = try #require(events.lastIndex { $0["verdict"] == "reject" })
        change(&room, &events, place)
        room["events"] = .array(events)
        return Set(OracleReplay.replay(JSON(room)).differences.map(\.kind))
    }

    @Test func `a record that was changed is found out`() throws {
        #expect(try kinds { _, _, _ in } == [])
        #expect(try kinds { _, events, place in events[place]["verdict"] = "accept" } == [.verdict])
        #expect(try kinds { _, events, place in events[place]["event_id"] = "$other" } == [.eventID])
        #expect(try kinds { _, events, place in events[place]["state_before"] = ["m.room.topic\u{0}": "$other"] } == [.stateBefore])
        #expect(try kinds { _, events, place in events[place]["pdu"]?["depth"] = "1" }.contains(.format))
        #expect(try kinds { _, events, place in events[place]["pdu"]?["unsigned"] = ["age": 9] } == [])
        #expect(try kinds { room, _, _ in room["final_state"] = [:] } == [.finalState])
        #expect(try kinds { room, _, _ in room["servers"] = [:] } == [.signature])
        #expect(try kinds { room, _, _ in room["room_version"] = "13" } == [.room])
        let moved = try kinds { _, events, place in events[place]["pdu"]?["depth"] = 77 }
        #expect(moved.isSuperset(of: [.contentHash, .signature, .eventID]))
    }
}
