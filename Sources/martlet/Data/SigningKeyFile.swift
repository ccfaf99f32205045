import Database
import FoundationEssentials
import Glibc
import RoomGraph

/// The server's signing key in a file: `ed25519`, the key's name and its seed in Base64, on one line, as other homeservers write it too.
enum SigningKeyFile {
    /// Reads the key; makes one at the first start, readable by its owner only.
    static func readOrCreate(at path: String, environment: Environment) throws(DataFolderError) -> SigningKey {
        if FileManager.default.fileExists(atPath: path) { return try read(at: path) }
        let name = "m_" + environment.randomLetters(6)
        let seed = environment.randomBytes(SigningKey.seedBytes)
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWriteKey(path: path) }
        defer { close(descriptor) }
        let line = Array("ed25519 \(name) \(Base64.encode(seed))\n".utf8)
        let written = line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == line.count, fsync(descriptor) == 0 else { throw .cannotWriteKey(path: path) }
        return SigningKey(seed: seed, id: "ed25519:" + name)
    }

    static func read(at path: String) throws(DataFolderError) -> SigningKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .malformedKey(path: path) }
        let words = text.split { $0 == " " || $0 == "\n" || $0 == "\r" }
        guard words.count == 3, words[0] == "ed25519", let seed = Base64.decode(words[2]), seed.count == SigningKey.seedBytes else {
            throw .malformedKey(path: path)
        }
        return SigningKey(seed: seed, id: "ed25519:" + words[1])
    }
}
