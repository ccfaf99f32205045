import Federation
import MatrixAPI
import MatrixModel
import Synchronization

/// Media servers of one test, which reach each other.
final class MediaWorld: Sendable {
    struct Sent: Sendable {
        let target: String
        let destination: ServerName
    }
    private struct State {
        var servers: [ServerName: @Sendable (OutboundRequest) async -> InboundAnswer] = [:]
        var sent: [Sent] = []
    }
    private let state = Mutex(State())

    /// The requests that went out, in order, but for keys.
    var sent: [Sent] { state.withLock { state in state.sent.filter { !$0.target.hasPrefix("/_matrix/key/") } } }

    func serve(_ name: ServerName, _ answer: @escaping @Sendable (OutboundRequest) async -> InboundAnswer) {
        state.withLock { $0.servers[name] = answer }
    }

    var transport: any PeerTransport { Transport(world: self) }

    private struct Transport: PeerTransport {
        let world: MediaWorld

        func exchange(_ request: OutboundRequest, with server: ServerName) async throws(TransportError) -> InboundAnswer {
            let answer = world.state.withLock { state in
                state.sent.append(Sent(target: request.target, destination: server))
                return state.servers[server]
            }
            guard let answer else { throw .unreachable("down") }
            let inbound = await answer(request)
            guard inbound.body.count <= request.maximumAnswerBytes else { throw .answerTooLarge }
            return inbound
        }
    }
}
