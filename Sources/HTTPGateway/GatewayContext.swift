import Hummingbird
import NIOCore

/// What a request brings along besides itself: the connection it came in on.
struct GatewayContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}
