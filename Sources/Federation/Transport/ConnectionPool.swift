import NIOCore
import Synchronization

/// Connections waiting for their next request, by route.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [PeerRoute: [any Channel]] = [:]
        var count = 0
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let perRoute: Int
    private let inAll: Int

    init(perRoute: Int, inAll: Int) {
        self.perRoute = perRoute
        self.inAll = inAll
    }

    /// The connection used last that is still open.
    func take(_ route: PeerRoute) -> (any Channel)? {
        state.withLock { state in
            while var channels = state.idle[route], let channel = channels.popLast() {
                state.count -= 1
                state.idle[route] = channels.isEmpty ? nil : channels
                if channel.isActive { return channel }
            }
            return nil
        }
    }

    /// Keeps the connection for later, or closes it where enough are kept.
    func give(_ channel: any Channel, for route: PeerRoute) {
        let isKept = state.withLock { state in
            guard !state.isShutDown, channel.isActive, state.count < inAll, state.idle[route, default: []].count < perRoute else { return false }
            state.idle[route, default: []].append(channel)
            state.count += 1
            return true
        }
        guard isKept else { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { [weak self] _ in self?.forget(channel, of: route) }
    }

    private func forget(_ channel: any Channel, of route: PeerRoute) {
        state.withLock { state in
            guard var channels = state.idle[route], let index = channels.firstIndex(where: { $0 === channel }) else { return }
            channels.remove(at: index)
            state.count -= 1
            state.idle[route] = channels.isEmpty ? nil : channels
        }
    }

    /// Closes everything kept.
    func shutDown() {
        let channels = state.withLock { state in
            state.isShutDown = true
            let channels = state.idle.values.flatMap { $0 }
            state.idle = [:]
            state.count = 0
            return channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
