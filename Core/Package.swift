// swift-tools-version:6.2
import PackageDescription

/// The pure half of Martlet: nothing in this package does input or output.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let dump = Target.Dependency.product(name: "CustomDump", package: "swift-custom-dump")

let package = Package(
    name: "Core",
    products: [
        .library(name: "MatrixModel", targets: ["MatrixModel"]),
        .library(name: "MatrixAPI", targets: ["MatrixAPI"]),
        .library(name: "RoomGraph", targets: ["RoomGraph"]),
        .library(name: "CSodium", targets: ["CSodium"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/pointfreeco/swift-custom-dump", exact: "1.7.3"),
    ],
    targets: [
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "MatrixModel", dependencies: [collections], swiftSettings: strict),
        .target(name: "MatrixAPI", dependencies: ["MatrixModel"], swiftSettings: strict),
        .target(name: "RoomGraph", dependencies: ["MatrixModel", "CSodium", crypto, collections], swiftSettings: strict),
        .testTarget(name: "MatrixModelTests", dependencies: ["MatrixModel", dump], swiftSettings: strict),
        .testTarget(name: "MatrixAPITests", dependencies: ["MatrixAPI", "MatrixModel", dump], swiftSettings: strict),
        .testTarget(name: "RoomGraphTests", dependencies: ["RoomGraph", "MatrixModel", dump], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
