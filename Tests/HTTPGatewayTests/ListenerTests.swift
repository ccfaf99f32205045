import Foundation
import HTTPGateway
import Logging
import MatrixAPI
import NIOSSL
import Testing

@Suite struct ListenerTests {
    /// A folder of its own with the test certificate's files, removed afterwards.
    private func withFiles(_ body: (_ certificate: String, _ key: String, _ otherKey: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-gateway-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var paths: [String] = []
        for (name, text) in [
            ("certificate.pem", TestCertificate.certificate), ("key.pem", TestCertificate.privateKey), ("other.pem", TestCertificate.otherKey),
        ] {
            let file = folder.appendingPathComponent(name)
            try Data(text.utf8).write(to: file)
            paths.append(file.path)
        }
        try await body(paths[0], paths[1], paths[2])
    }

    @Test func `plain and TLS listeners serve side by side, each on a port of its own`() async throws {
        try await withFiles { certificate, key, _ in
            let listeners = [
                Listener(address: "127.0.0.1", port: 0),
                Listener(address: "127.0.0.1", port: 0, tls: TLSFiles(certificate: certificate, privateKey: key)),
            ]
            try await RunningGateway.with(.forTests(), listeners: listeners) { gateway in
                let plain = try #require(gateway.bound.first { $0.listener.tls == nil })
                let secure = try #require(gateway.bound.first { $0.listener.tls != nil })
                #expect(plain.port != secure.port)
                #expect(plain.port > 0)
                let path = "/_matrix/client/v3/optional"
                let overPlain = try await RawClient(port: plain.port).request("GET", path)
                #expect(overPlain.status == 200)
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(TestCertificate.certificate.utf8)))
                let context = try NIOSSLContext(configuration: configuration)
                let overTLS = try await RawClient(port: secure.port, tls: context).request("GET", path)
                #expect(overTLS.status == 200)
            }
        }
    }

    @Test func `unusable TLS files are refused before anything listens`() async throws {
        let gateway = try Gateway(
            routes: .forTests(), ports: .forTests(), logger: .init(label: "test"), monotonicMicroseconds: { 0 })
        try await withFiles { certificate, key, otherKey in
            func refusal(_ certificate: String, _ key: String) -> GatewayError? {
                let listener = Listener(address: "127.0.0.1", port: 0, tls: TLSFiles(certificate: certificate, privateKey: key))
                do {
                    _ = try gateway.services(for: [listener], onBound: { _ in })
                    return nil
                } catch {
                    return error
                }
            }
            #expect(refusal(certificate, key) == nil)
            guard case .unusableCertificate? = refusal(certificate + ".missing", key) else {
                Issue.record("A missing certificate was accepted.")
                return
            }
            guard case .unusablePrivateKey? = refusal(certificate, key + ".missing") else {
                Issue.record("A missing key was accepted.")
                return
            }
            guard case .unusableTLS? = refusal(certificate, otherKey) else {
                Issue.record("A key of another certificate was accepted.")
                return
            }
        }
    }

    @Test func `an optional address that this machine lacks does not stop the others`() async throws {
        // 192.0.2.0/24 is reserved for documentation and belongs to no machine.
        let listeners = [Listener(address: "127.0.0.1", port: 0), Listener(address: "192.0.2.1", port: 0, isOptional: true)]
        try await RunningGateway.withSome(.forTests(), listeners: listeners, awaiting: 1) { running in
            let answer = try await running.client.request("GET", "/_matrix/client/v3/optional")
            #expect(answer.status == 200)
        }
    }
}
