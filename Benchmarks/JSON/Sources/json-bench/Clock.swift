import Glibc

/// Processor time of this process, in nanoseconds.
func processorNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// The least processor time of one call, in nanoseconds, of several runs of many calls.
func leastNanoseconds(runs: Int = 12, calls: Int = 20_000, _ body: () throws -> Int) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<runs {
        let start = processorNanoseconds()
        var sum = 0
        for _ in 0..<calls { sum &+= try body() }
        let elapsed = Double(processorNanoseconds() - start) / Double(calls)
        // The sum is used, so that no call can be left out.
        if sum == .min { print(sum) }
        least = min(least, elapsed)
    }
    return least
}
