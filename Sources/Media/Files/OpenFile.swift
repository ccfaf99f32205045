import Glibc
import MatrixAPI

/// A file that is read, held open: it can be read on while its name is removed.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// Length in bytes.
    let count: Int

    /// Nil where there is no such file.
    init?(path: String) throws(FileError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileError("open")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("fstat") }
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes from an offset on; fewer than asked for only at the end of the file.
    func read(_ offset: Int, _ count: Int) throws(FileError) -> [UInt8] { try OpenFile.read(descriptor, offset, count) }

    /// The file as a body.
    func source(allowsRanges: Bool) -> ByteSource {
        ByteSource(count: count, allowsRanges: allowsRanges) { offset, count in try self.read(offset, count) }
    }

    static func read(_ descriptor: Int32, _ offset: Int, _ count: Int) throws(FileError) -> [UInt8] {
        var failure = false
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
            while initialized < count {
                let read = pread(descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized, off_t(offset + initialized))
                if read == 0 { break }
                if read < 0, errno != EINTR {
                    failure = true
                    break
                }
                initialized += max(0, read)
            }
        }
        if failure { throw FileError("pread") }
        return bytes
    }
}
