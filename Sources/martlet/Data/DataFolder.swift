import FoundationEssentials
import Glibc

/// The one folder that holds all state: database, signing key, media. It can be moved while nothing runs.
struct DataFolder {
    let path: String

    /// Makes the folder where there is none, for its owner only.
    init(path: String) throws(DataFolderError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.createDirectory(
                atPath: path + "/media", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .cannotMake(path: path)
        }
    }

    var database: String { path + "/martlet.db" }
    var signingKey: String { path + "/signing.key" }
    var media: String { path + "/media" }

    /// Makes sure that one server at a time uses the folder; the lock ends with the process.
    func lock() throws(DataFolderError) {
        let descriptor = open(path + "/martlet.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotMake(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: path) }
    }
}

/// Why a data folder cannot be used.
enum DataFolderError: Error, CustomStringConvertible {
    case cannotMake(path: String)
    /// Another server runs on it.
    case inUse(path: String)
    case cannotWriteKey(path: String)
    case malformedKey(path: String)

    var description: String {
        switch self {
        case .cannotMake(let path): "The data folder \(path) cannot be made or written to."
        case .inUse(let path): "Another server is running on the data folder \(path)."
        case .cannotWriteKey(let path): "The signing key cannot be written to \(path)."
        case .malformedKey(let path): "The file \(path) does not hold a signing key: 'ed25519 NAME' and 32 bytes of Base64 on one line."
        }
    }
}
