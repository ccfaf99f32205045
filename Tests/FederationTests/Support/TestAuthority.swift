import Glibc
import Synchronization

/// A certificate authority made by openssl for one test run, in a folder that goes with it.
final class TestAuthority: Sendable {
    struct Leaf: Sendable {
        let certificate: String
        let key: String
    }
    struct Failure: Error {
        let command: String
    }

    let folder: String
    private let leaves = Mutex<[String: Leaf]>([:])
    var certificate: String { folder + "/ca.pem" }

    init() throws {
        var template = Array("/tmp/martlet-federation-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(command: "mkdtemp") }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try run("openssl req -x509 \(TestAuthority.newKey) -keyout ca.key -out ca.pem -days 2 -subj /CN=Test-CA")
    }

    deinit {
        _ = system("rm -rf '\(folder)'")
    }

    private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

    /// A certificate of these names, such as `DNS:a.test,IP:127.0.0.1`; made once for each list.
    func leaf(_ names: String) throws -> Leaf {
        try leaves.withLock { leaves in
            if let leaf = leaves[names] { return leaf }
            let name = "leaf-\(leaves.count)"
            try run("openssl req \(TestAuthority.newKey) -keyout \(name).key -out \(name).csr -subj /CN=leaf -addext subjectAltName=\(names)")
            try run("openssl x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -out \(name).pem -days 2 -copy_extensions copy")
            let leaf = Leaf(certificate: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
            leaves[names] = leaf
            return leaf
        }
    }

    private func run(_ command: String) throws {
        guard system("cd '\(folder)' && \(command) >/dev/null 2>&1") == 0 else { throw Failure(command: command) }
    }
}
