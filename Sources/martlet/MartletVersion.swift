/// What this program calls itself.
enum MartletVersion {
    static let name = "Martlet"
    static let current = "0.1.0"
}
