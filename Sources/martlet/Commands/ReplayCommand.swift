import ArgumentParser
import Database
import MatrixModel
import RoomGraph

/// `martlet replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Replay recorded rooms and compare every decision with the record.",
        discussion: "Each line of a file is one room with its events in the order to process. Leaves with status 1 where anything differs.")

    @Argument(help: ArgumentHelp("Files of recorded rooms, JSON lines, gzip-compressed or not.", valueName: "file.jsonl[.gz]"))
    var files: [String]

    func run() throws {
        var total = ReplayTally()
        for file in files {
            let tally = try replay(file)
            print("\(file): \(tally)")
            total.add(tally)
        }
        if files.count > 1 { print("Total: \(total)") }
        if total.differences > 0 { throw ExitCode(1) }
    }

    private func replay(_ file: String) throws -> ReplayTally {
        let clock = Wiring.environment().monotonicMilliseconds
        var tally = ReplayTally()
        let lines = try RecordedRooms.lines(of: file)
        for (number, line) in lines.enumerated() {
            // A room's record is larger than any event may be; its own depth is that of its events and three levels more.
            let room: JSON
            do {
                room = try JSON.parse(line, limits: JSONLimits(maximumBytes: JSONLimits.ceiling, maximumDepth: 200))
            } catch {
                StandardError.print("martlet: line \(number + 1) of \(file) is not JSON: \(error)")
                throw ExitCode(65)
            }
            let started = clock()
            let replay = OracleReplay.replay(room)
            tally.milliseconds += clock() - started
            tally.rooms += 1
            tally.events += replay.eventCount
            tally.rejections += replay.rejectedCount
            tally.merges += replay.mergeCount
            tally.deviations += replay.deviations.count
            tally.differences += replay.differences.count
            for difference in replay.differences { print("line \(number + 1): \(difference)") }
        }
        return tally
    }
}

/// What a replay came to.
struct ReplayTally: CustomStringConvertible {
    var rooms = 0
    var events = 0
    var rejections = 0
    var merges = 0
    /// Points where the record departs from the specification in a known way.
    var deviations = 0
    var differences = 0
    var milliseconds = 0

    mutating func add(_ other: ReplayTally) {
        rooms += other.rooms
        events += other.events
        rejections += other.rejections
        merges += other.merges
        deviations += other.deviations
        differences += other.differences
        milliseconds += other.milliseconds
    }

    var description: String {
        let perThousand = events == 0 ? 0 : milliseconds * 1000 / events
        return "\(differences) differences; \(rooms) rooms, \(events) events, \(rejections) rejected, \(merges) states merged, "
            + "\(deviations) known deviations of the record; \(perThousand) ms per 1,000 events"
    }
}
