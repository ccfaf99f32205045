import Glibc
import MatrixAPI

/// A file of the web client, with its compressed forms where the build made them.
struct WebFile: Sendable {
    /// The compressed forms, the preferred first, by the suffix that the build gives them.
    static let encodings: [(suffix: String, name: String)] = [(".br", "br"), (".gz", "gzip")]

    let contentType: String
    /// The preferred form first; the bytes as they are last.
    let forms: [Representations.Variant]

    /// Nil where the path is not of a plain file.
    init?(path: String, name: String, encodings: [(suffix: String, name: String)]) {
        guard let plain = WebFile.form(path: path, encoding: nil) else { return nil }
        contentType = WebFile.contentType(of: name)
        forms = encodings.compactMap { WebFile.form(path: path + $0.suffix, encoding: $0.name) } + [plain]
    }

    /// The file as a body.
    var payload: Payload { .representations(Representations(forms), contentType: contentType) }

    private static func form(path: String, encoding: String?) -> Representations.Variant? {
        guard let mark = FileMark(path: path) else { return nil }
        return Representations.Variant(encoding: encoding, entityTag: "\"\(mark.text)\"") {
            OpenWebFile(path: path)?.source(allowsRanges: encoding == nil)
        }
    }

    private static func contentType(of name: String) -> String {
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? ""
        return contentTypes[ending.lowercased()] ?? "application/octet-stream"
    }

    private static let contentTypes: [String: String] = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "txt": "text/plain; charset=utf-8", "json": "application/json", "map": "application/json",
        "webmanifest": "application/manifest+json", "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
        "webp": "image/webp", "avif": "image/avif", "gif": "image/gif", "ico": "image/x-icon", "woff2": "font/woff2", "mp3": "audio/mpeg",
        "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav", "wasm": "application/wasm",
    ]
}

/// What tells one version of a file from another.
struct FileMark: Hashable, Sendable {
    private let inode: UInt64
    private let seconds: Int
    private let nanoseconds: Int
    private let count: Int

    /// Nil where the path is not of a plain file; links are not followed.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        inode = UInt64(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        count = Int(status.st_size)
    }

    /// The same for copies that keep the time of change.
    var text: String { String(seconds, radix: 36) + "-" + String(nanoseconds, radix: 36) + "-" + String(count, radix: 36) }
}

/// A file that is read while it is sent, held open: it can be read on while a new build takes its place.
private final class OpenWebFile: Sendable {
    private let descriptor: Int32
    private let count: Int

    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        count = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func source(allowsRanges: Bool) -> ByteSource {
        ByteSource(count: count, allowsRanges: allowsRanges) { offset, count in self.read(offset, count) }
    }

    /// The bytes from an offset on; none at the end of the file or where it cannot be read.
    private func read(_ offset: Int, _ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
            while initialized < count {
                let read = pread(descriptor, buffer.baseAddress?.advanced(by: initialized), count - initialized, off_t(offset + initialized))
                if read == 0 || read < 0 && errno != EINTR { break }
                initialized += max(0, read)
            }
        }
    }
}
