import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

/// An address at which the server accepts connections.
public struct Listener: Hashable, Sendable {
    /// An IP address or host name of this machine.
    public let address: String
    /// The port; 0 lets the system choose.
    public let port: Int
    /// Nil for plain HTTP.
    public let tls: TLSFiles?
    /// Whether the last entry of `X-Forwarded-For` is taken as the client's address.
    public let isBehindProxy: Bool
    /// Whether the server starts without it where the address does not exist on this machine.
    public let isOptional: Bool

    public init(address: String, port: Int, tls: TLSFiles? = nil, isBehindProxy: Bool = false, isOptional: Bool = false) {
        self.address = address
        self.port = port
        self.tls = tls
        self.isBehindProxy = isBehindProxy
        self.isOptional = isOptional
    }
}

/// Where a TLS listener finds its certificate chain and private key, both PEM.
public struct TLSFiles: Hashable, Sendable {
    public let certificate: String
    public let privateKey: String

    public init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }
}

/// A listener that accepts connections now.
public struct BoundListener: Hashable, Sendable {
    public let listener: Listener
    /// The port in use, also where the listener asked for any.
    public let port: Int
}

extension Listener {
    func serverBuilder() throws(GatewayError) -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: .init(additionalChannelHandlers: [DepartureHandler()], idleTimeout: .seconds(Limits.idleSeconds)))
        guard let tls else { return plain }
        var configuration = try tls.serverConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            // The context is made here once to refuse a key that does not belong to the certificate before anything listens.
            _ = try NIOSSLContext(configuration: configuration)
            return try .tls(plain, tlsConfiguration: configuration)
        } catch {
            throw .unusableTLS(reason: "\(error)")
        }
    }
}

extension TLSFiles {
    fileprivate func serverConfiguration() throws(GatewayError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw .unusableCertificate(path: certificate, reason: "\(error)")
        }
        guard !chain.isEmpty else { throw .unusableCertificate(path: certificate, reason: "it holds no certificate") }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: privateKey, format: .pem)
        } catch {
            throw .unusablePrivateKey(path: privateKey, reason: "\(error)")
        }
        return .makeServerConfiguration(certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    }
}
