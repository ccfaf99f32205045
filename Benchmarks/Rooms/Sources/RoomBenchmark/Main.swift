import Glibc

/// `RoomBenchmark FOLDER [append|receive|large|state]…`: the databases are made in FOLDER, which should be new.
@main
enum Main {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let folder = arguments.first else {
            print("usage: RoomBenchmark FOLDER [append|receive|large|state]…")
            return
        }
        mkdir(folder, 0o755)
        let chosen = arguments.count > 1 ? Array(arguments.dropFirst()) : ["append", "receive", "large", "state"]
        for name in chosen {
            switch name {
            case "append": try await AppendBenchmark.run(folder)
            case "receive": try await ReceiveBenchmark.run(folder)
            case "large": try await LargeRoomBenchmark.run(folder)
            case "state": try await StateBenchmark.run(folder)
            default: print("unknown benchmark \(name)")
            }
        }
    }
}
