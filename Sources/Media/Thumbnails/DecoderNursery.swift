import CVips
import Glibc
import Synchronization

/// Processes that have the decoders' libraries loaded and fork for each order. One serves one caller at a time; there are as many as there are
/// callers at once, and they end when nobody has ordered for a while.
public final class DecoderNursery: Sendable {
    private struct Place {
        let socket: Int32
        let process: pid_t
    }

    private static let idleSeconds: Int32 = 60
    private static let orderBytes = 4_096
    /// The word after the command that makes a nursery of it.
    static let word = "nursery"

    private let command: [String]
    private let idle = Mutex<[Place]>([])

    init(command: [String]) {
        self.command = command
    }

    deinit {
        for place in idle.withLock({ $0 }) { DecoderNursery.end(place) }
    }

    /// The status of the process that obeyed, as `waitpid` has it; nil where there is no nursery. It blocks.
    func run(_ order: DecoderOrder, input: Int32, output: Int32) -> Int32? {
        let words = order.words.flatMap { Array($0.utf8CString) }
        // One that has ended in the meantime is replaced once.
        for _ in 0..<2 {
            let known = idle.withLock { $0.popLast() }
            guard let place = known ?? start() else { return nil }
            let status = martlet_nursery_order(place.socket, words, words.count, input, output)
            guard status != -1 else {
                DecoderNursery.end(place)
                if known == nil { return nil }
                continue
            }
            idle.withLock { $0.append(place) }
            return status
        }
        return nil
    }

    private func start() -> Place? {
        var sockets: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &sockets) == 0 else { return nil }
        defer { close(sockets[1]) }
        guard let process = DecoderProcess.spawn(command + [DecoderNursery.word], input: sockets[1], output: nil) else {
            close(sockets[0])
            return nil
        }
        return Place(socket: sockets[0], process: process)
    }

    private static func end(_ place: Place) {
        close(place.socket)
        kill(place.process, SIGKILL)
        var status: Int32 = 0
        while waitpid(place.process, &status, 0) < 0, errno == EINTR {}
    }

    /// What the process of a nursery does: its standard input is the socket. The status to exit with; the processes that it forks end here.
    public static func serve() -> Int32 {
        guard martlet_nursery_prepare() == 0 else { return EXIT_FAILURE }
        var words = [CChar](repeating: 0, count: orderBytes)
        var count = 0
        guard martlet_nursery_serve(STDIN_FILENO, &words, words.count, &count, idleSeconds) == 1 else { return EXIT_SUCCESS }
        let parts = words.prefix(count).split(separator: 0).map { String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self) }
        // At once: what is to be done at the end of a program is the nursery's.
        _exit(DecoderOrder(words: parts)?.run() ?? EXIT_FAILURE)
    }
}
