// swift-tools-version:6.2
import PackageDescription

/// Measures the room server alone: no HTTP, no network. The targets are the root package's own, by links.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]
let model = Target.Dependency.product(name: "MatrixModel", package: "Core")
let graph = Target.Dependency.product(name: "RoomGraph", package: "Core")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "RoomBenchmark",
    dependencies: [
        .package(path: "../../Core"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        .target(name: "Database", dependencies: [model, log, .product(name: "GRDBSQLite", package: "GRDB.swift")], swiftSettings: strict),
        .target(name: "Storage", dependencies: ["Database", model, collections, log], swiftSettings: strict),
        .target(name: "RoomServer", dependencies: ["Storage", "Database", model, graph, collections, log], swiftSettings: strict),
        .executableTarget(
            name: "RoomBenchmark", dependencies: ["RoomServer", "Storage", "Database", model, graph, log], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
