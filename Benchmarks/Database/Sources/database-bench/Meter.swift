import Glibc

/// Process time and wall time, in microseconds.
struct Meter {
    let processor: Double
    let wall: Double

    static func now() -> Meter {
        Meter(processor: read(CLOCK_PROCESS_CPUTIME_ID), wall: read(CLOCK_MONOTONIC))
    }

    /// Runs `body`, which does `count` operations, three times, and prints the best run.
    static func report(_ name: String, count: Int, _ body: () async throws -> Void) async rethrows {
        var best = Meter(processor: .infinity, wall: .infinity)
        for _ in 0..<3 {
            let start = now()
            try await body()
            let end = now()
            if end.processor - start.processor < best.processor {
                best = Meter(processor: end.processor - start.processor, wall: end.wall - start.wall)
            }
        }
        let processor = best.processor / Double(count)
        let wall = best.wall / Double(count)
        let padding = String(repeating: " ", count: max(0, 52 - name.count))
        print("\(name)\(padding) \(rounded(processor)) µs CPU   \(rounded(wall)) µs wall")
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 100).rounded() / 100
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}

/// Resident memory of this process, in MB.
func residentMegabytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 127, file) != nil else { return 0 }
    let text = line.withUnsafeBufferPointer { String(decoding: $0.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 / 1_000_000 : 0
}
