import ArgumentParser
import RoomGraph

/// `martlet keys`
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Print the server's public signing key; make the key at the first call.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let configuration = try options.load()
        let folder = try DataFolder(path: configuration.dataDirectory)
        let key = try SigningKeyFile.readOrCreate(at: folder.signingKey, environment: Wiring.environment())
        print("\(key.keyID) \(key.publicKeyBase64)")
    }
}
