import HTTPGateway
import MatrixAPI
import NIOCore
import ServiceLifecycle
import Testing

@Suite struct DepartureTests {
    /// A handler that says when it has begun and whether it was cancelled, and ends only then or when released.
    private struct Waiting: Sendable {
        let began: AsyncStream<Void>
        let ended: AsyncStream<Bool>
        private let beganSource: AsyncStream<Void>.Continuation
        private let endedSource: AsyncStream<Bool>.Continuation
        private let release: AsyncStream<Void>
        let releaseSource: AsyncStream<Void>.Continuation

        init() {
            (began, beganSource) = AsyncStream.makeStream()
            (ended, endedSource) = AsyncStream.makeStream()
            (release, releaseSource) = AsyncStream.makeStream()
        }

        @Sendable func handle(_ caller: PublicCaller, _ request: EmptyRequest) async throws -> EmptyResponse {
            beganSource.yield()
            for await _ in release { break }
            endedSource.yield(Task.isCancelled)
            try Task.checkCancellation()
            return EmptyResponse()
        }

        func hasBegun() async { for await _ in began { break } }
        func wasCancelled() async -> Bool {
            for await cancelled in ended { return cancelled }
            return false
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a long poll is cancelled when its client goes away`() async throws {
        let waiting = Waiting()
        var table = RouteTable()
        table.on(LongPoll.self, waiting.handle)
        try await RunningGateway.with(table) { gateway in
            let channel = try await gateway.client.connect()
            try await channel.executeThenClose { _, outbound in
                try await outbound.write(ByteBuffer(string: "GET /_matrix/client/v3/poll HTTP/1.1\r\nHost: x\r\n\r\n"))
                await waiting.hasBegun()
            }
            let wasCancelled = await waiting.wasCancelled()
            #expect(wasCancelled)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a write runs to its end though its client goes away`() async throws {
        let waiting = Waiting()
        var table = RouteTable()
        table.on(LongWrite.self, waiting.handle)
        try await RunningGateway.with(table) { gateway in
            let channel = try await gateway.client.connect()
            try await channel.executeThenClose { _, outbound in
                try await outbound.write(ByteBuffer(string: "POST /_matrix/client/v3/write HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                await waiting.hasBegun()
            }
            // A second request on another connection comes and goes after the first client left.
            _ = try await gateway.client.request("GET", "/nothing")
            waiting.releaseSource.yield()
            let wasCancelled = await waiting.wasCancelled()
            #expect(!wasCancelled)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a shutdown interrupts a long poll with 503`() async throws {
        let waiting = Waiting()
        var table = RouteTable()
        table.on(LongPoll.self, waiting.handle)
        try await RunningGateway.with(table) { gateway in
            async let answer = gateway.client.request("GET", "/_matrix/client/v3/poll")
            await waiting.hasBegun()
            await gateway.group.triggerGracefulShutdown()
            let status = try await answer.status
            #expect(status == 503)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a connection serves further requests after a long poll`() async throws {
        let waiting = Waiting()
        var table = RouteTable()
        table.on(LongPoll.self, waiting.handle)
        try await RunningGateway.with(table) { gateway in
            waiting.releaseSource.yield()
            waiting.releaseSource.yield()
            let poll = "GET /_matrix/client/v3/poll HTTP/1.1\r\nHost: x\r\n"
            let channel = try await gateway.client.connect()
            let text = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: poll + "\r\n"))
                var text = ""
                var sentSecond = false
                for try await buffer in inbound {
                    text += String(buffer: buffer)
                    if !sentSecond, text.hasSuffix("{}") {
                        sentSecond = true
                        try await outbound.write(ByteBuffer(string: poll + "Connection: close\r\n\r\n"))
                    }
                }
                return text
            }
            #expect(text.split(separator: "HTTP/1.1 200 OK").count == 2)
        }
    }
}
