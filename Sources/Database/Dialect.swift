/// The texts that differ between engines; everything else in the program is written once, in their common subset.
enum Dialect {
    case sqlite

    /// Begins the transaction of a group of writes.
    var beginWrite: String {
        switch self {
        case .sqlite: "BEGIN IMMEDIATE"
        }
    }

    /// Begins the transaction of a read.
    var beginRead: String {
        switch self {
        case .sqlite: "BEGIN DEFERRED"
        }
    }

    /// Sets up a connection that was just opened.
    func preparation(_ options: DatabaseOptions, role: ConnectionRole) -> [String] {
        switch self {
        case .sqlite:
            let cache = role == .reader ? options.readerCacheKibibytes : options.writerCacheKibibytes
            var texts = [
                "PRAGMA busy_timeout = \(options.busyTimeoutMilliseconds)",
                "PRAGMA foreign_keys = ON",
                "PRAGMA trusted_schema = OFF",
                "PRAGMA temp_store = MEMORY",
                "PRAGMA cache_size = -\(cache)",
                "PRAGMA mmap_size = \(options.mappedBytes)",
            ]
            switch role {
            case .writer:
                texts += [
                    "PRAGMA journal_mode = WAL",
                    // In WAL mode NORMAL would lose the last commits on a loss of power; FULL waits for the disk before a commit is answered.
                    "PRAGMA synchronous = FULL",
                    "PRAGMA wal_autocheckpoint = \(options.checkpointPages)",
                    "PRAGMA journal_size_limit = \(64 << 20)",
                ]
            case .reader:
                texts.append(changesForbidden)
            case .memory:
                break
            }
            return texts
        }
    }

    /// Makes a connection refuse changes.
    var changesForbidden: String {
        switch self {
        case .sqlite: "PRAGMA query_only = ON"
        }
    }

    /// Makes a connection accept changes again.
    var changesAllowed: String {
        switch self {
        case .sqlite: "PRAGMA query_only = OFF"
        }
    }

    /// Keeps the query planner's figures up to date; run before closing.
    var upkeep: [String] {
        switch self {
        case .sqlite: ["PRAGMA analysis_limit = 400", "PRAGMA optimize"]
        }
    }

    /// The schema as text, one row for each object, for comparing two databases.
    var schemaListing: SQL {
        switch self {
        case .sqlite: "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
        }
    }
}

/// What a connection is for.
enum ConnectionRole: Sendable {
    case writer, reader
    /// A database in memory, where one connection does both.
    case memory
}
