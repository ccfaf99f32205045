import CVips
import Glibc

/// Runs a picture's decoder as a process of its own: what a hostile picture does to it, it does to nothing else.
struct DecoderProcess: Sendable {
    /// How a decoder ended.
    enum Outcome: Hashable, Sendable {
        case made
        /// The picture is no larger than wanted, and fit to be shown as it is.
        case original
        /// Not a picture that is known, or a broken one, or one that broke the decoder or its bounds.
        case impossible
        case tooLarge
        /// This machine cannot decode at all, or not now.
        case unavailable
    }

    /// The program and its first words, such as `/usr/bin/martlet thumbnail`.
    private let command: [String]
    private let nursery: DecoderNursery

    init(command: [String]) {
        self.command = command
        nursery = DecoderNursery(command: command)
    }

    /// Decodes from one file into another. It blocks for as long as the decoder runs, which is bounded by the order.
    func run(_ order: DecoderOrder, input: Int32, output: Int32) -> Outcome {
        if let status = nursery.run(order, input: input, output: output), !DecoderProcess.isFor(status, MARTLET_THUMBNAIL_ELSEWHERE) {
            return DecoderProcess.outcome(status)
        }
        guard let process = DecoderProcess.spawn(command + order.words, input: input, output: output) else { return .unavailable }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return .unavailable }
        }
        return DecoderProcess.outcome(status)
    }

    private static func isFor(_ status: Int32, _ outcome: martlet_thumbnail_outcome) -> Bool {
        status & 0x7f == 0 && UInt32(status >> 8 & 0xff) == outcome.rawValue
    }

    private static func outcome(_ status: Int32) -> Outcome {
        // A signal ended it: a fault, or a bound that it ran into.
        guard status & 0x7f == 0 else { return .impossible }
        switch martlet_thumbnail_outcome(UInt32(status >> 8 & 0xff)) {
        case MARTLET_THUMBNAIL_MADE: return .made
        case MARTLET_THUMBNAIL_ORIGINAL: return .original
        case MARTLET_THUMBNAIL_TOO_LARGE: return .tooLarge
        case MARTLET_THUMBNAIL_UNSUPPORTED, MARTLET_THUMBNAIL_BROKEN: return .impossible
        default: return .unavailable
        }
    }

    /// Starts a program; nil where that fails. Without `output`, what it writes is lost.
    static func spawn(_ words: [String], input: Int32, output: Int32?) -> pid_t? {
        guard let program = words.first else { return nil }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        return withPointers(words) { arguments in
            withPointers(environment) { environment in
                var process = pid_t()
                return posix_spawn(&process, program, &actions, nil, arguments, environment) == 0 ? process : nil
            }
        }
    }

    /// Nothing of the server's own environment, which may hold secrets. One arena, so that threads do not each reserve address space.
    private static let environment = ["LC_ALL=C", "MALLOC_ARENA_MAX=1", "VIPS_CONCURRENCY=1", "SWIFT_BACKTRACE=enable=no"]

    private static func withPointers<Value>(
        _ words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // The buffer holds at least the nil that ends it, so it has a base address.
            body(buffer.baseAddress!)
        }
    }
}
