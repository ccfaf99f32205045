/// How a database is opened; the defaults suit a server of some hundred users on a small machine.
public struct DatabaseOptions: Sendable {
    /// Connections that read, each with its thread.
    public var readers = 2
    /// Most writes in one transaction.
    public var largestBatch = 256
    /// Page cache of the writer, in KiB.
    public var writerCacheKibibytes = 8 * 1024
    /// Page cache of each reader, in KiB.
    public var readerCacheKibibytes = 4 * 1024
    /// How much of the file is read through memory mapping, in bytes. None by default: a failing disk then gives an error, not a signal.
    public var mappedBytes = 0
    /// Pages in the write-ahead log after which a commit moves them to the database file.
    public var checkpointPages = 4_000
    /// How long to wait for another process that holds the file.
    public var busyTimeoutMilliseconds = 5_000
    /// Prepared statements that each connection keeps.
    public var cachedStatements = 256

    public init() {}
}
