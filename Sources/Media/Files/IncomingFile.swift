import Crypto
import Glibc
import Synchronization

/// A file that is being written, hashed as it grows; it goes away with its value unless it was placed.
final class IncomingFile: Sendable {
    private struct State {
        var hasher = SHA256()
        var count = 0
    }

    let path: String
    let descriptor: Int32
    private let state = Mutex(State())

    /// Makes the file; there must be none of that name.
    init(path: String) throws(FileError) {
        self.path = path
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open") }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// Bytes written so far.
    var count: Int { state.withLock { $0.count } }

    /// Appends bytes.
    func write(_ bytes: ArraySlice<UInt8>) throws(FileError) {
        let isWritten = state.withLock { state in
            guard bytes.withUnsafeBytes({ IncomingFile.writeAll($0, to: descriptor) }) else { return false }
            state.hasher.update(data: bytes)
            state.count += bytes.count
            return true
        }
        guard isWritten else { throw FileError("write") }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
            guard count > 0 || errno == EINTR else { return false }
            written += max(0, count)
        }
        return true
    }

    /// Begins anew.
    func restart() throws(FileError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError("ftruncate") }
        state.withLock { $0 = State() }
    }

    /// Lets another process that is given the descriptor read from the start.
    func rewind() throws(FileError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileError("lseek") }
    }

    /// What was written, to be read from the start of the file.
    func read(_ offset: Int, _ count: Int) throws(FileError) -> [UInt8] { try OpenFile.read(descriptor, offset, count) }

    /// Makes sure that the file outlives a loss of power, and gives the hash and length of its bytes. It blocks.
    func finish() throws(FileError) -> (hash: ContentHash, count: Int) {
        guard fsync(descriptor) == 0 else { throw FileError("fsync") }
        return state.withLock { state in (ContentHash(bytes: Array(state.hasher.finalize())), state.count) }
    }
}
