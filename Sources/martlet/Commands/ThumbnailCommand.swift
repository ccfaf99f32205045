import ArgumentParser
import Media

/// `martlet thumbnail`: what the server starts for each picture, so that a hostile one meets a process with nothing in it.
struct ThumbnailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thumbnail", abstract: "Decode one picture from standard input; for the server's own use.", shouldDisplay: false)

    @Argument var words: [String]

    func run() throws {
        if words == ["nursery"] { throw ExitCode(DecoderNursery.serve()) }
        guard let order = DecoderOrder(words: words) else { throw ExitCode(64) }
        throw ExitCode(order.run())
    }
}
