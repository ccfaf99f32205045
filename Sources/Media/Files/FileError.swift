import Glibc

/// A call to the file system that failed.
struct FileError: Error, CustomStringConvertible {
    let call: String
    let code: Int32

    /// The failure of the call just made.
    init(_ call: String) {
        self.call = call
        code = errno
    }

    var description: String { "\(call) failed with error \(code)" }
}
