import Glibc

extension Announcement {
    /// Standard output to a pipe is written in blocks; whoever waits for the address must not wait for a block.
    static func flush() { fflush(nil) }
}
