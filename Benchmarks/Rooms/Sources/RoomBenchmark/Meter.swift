import Glibc

/// Processor and wall time of a stretch of the program.
struct Meter {
    private let processor = Meter.processorMicroseconds()
    private let kernel = Meter.kernelMicroseconds()
    private let wall = Meter.wallMicroseconds()

    /// Prints the cost of each of `count` things since the meter was made.
    func report(_ what: String, count: Int) {
        let used = Meter.processorMicroseconds() - processor
        let passed = Meter.wallMicroseconds() - wall
        let inKernel = Meter.kernelMicroseconds() - kernel
        let rate = passed > 0 ? count * 1_000_000 / passed : 0
        print(
            "\(what): \(count) × \(Meter.each(used, count)) µs CPU (\(Meter.each(inKernel, count)) in the kernel), \(Meter.each(passed, count)) µs wall, \(rate)/s"
        )
    }

    private static func each(_ total: Int, _ count: Int) -> String {
        let tenths = total * 10 / max(1, count)
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func kernelMicroseconds() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_stime.tv_sec * 1_000_000 + usage.ru_stime.tv_usec
    }

    private static func processorMicroseconds() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
    }

    static func wallMicroseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }

    /// The resident memory of this process, in KiB.
    static func residentKibibytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = line.withUnsafeBufferPointer { String(decoding: $0.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4
    }
}
