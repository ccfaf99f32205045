// swift-tools-version:6.2
import PackageDescription

/// The shell around Core: storage, rooms, federation, client services, HTTP and the executable.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]
let model = Target.Dependency.product(name: "MatrixModel", package: "Core")
let api = Target.Dependency.product(name: "MatrixAPI", package: "Core")
let graph = Target.Dependency.product(name: "RoomGraph", package: "Core")
let sodium = Target.Dependency.product(name: "CSodium", package: "Core")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let compression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "martlet",
    dependencies: [
        .package(path: "Core"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    ],
    targets: [
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .target(name: "Database", dependencies: [model, log, .product(name: "GRDBSQLite", package: "GRDB.swift")], swiftSettings: strict),
        .target(name: "Storage", dependencies: ["Database", model, collections, log], swiftSettings: strict),
        .target(name: "RoomServer", dependencies: ["Storage", "Database", model, graph, collections, log], swiftSettings: strict),
        .target(
            name: "Federation",
            dependencies: ["RoomServer", "Storage", "Database", "CAres", model, api, graph, collections, log, lifecycle, compression] + nio,
            swiftSettings: strict),
        .target(name: "CVips"),
        .target(
            name: "Media",
            dependencies: [
                "Federation", "Storage", "Database", "CVips", model, api, log, .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "ClientServices",
            dependencies: [
                "RoomServer", "Storage", "Database", "Federation", model, api, graph, sodium, collections, log, lifecycle,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "HTTPGateway",
            dependencies: [
                model, api, log,
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"), lifecycle,
            ], swiftSettings: strict),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Database", "Storage", "RoomServer", "Federation", "Media", "ClientServices", "HTTPGateway", model, api, graph, log, lifecycle,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ], swiftSettings: strict),
        .testTarget(name: "DatabaseTests", dependencies: ["Database"], swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "Database", model], swiftSettings: strict),
        .testTarget(name: "RoomServerTests", dependencies: ["RoomServer", "Storage", "Database", model, graph], swiftSettings: strict),
        .testTarget(
            name: "FederationTests", dependencies: ["Federation", "RoomServer", "Storage", "Database", model, api, graph, log] + nio,
            swiftSettings: strict),
        .testTarget(
            name: "MediaTests", dependencies: ["Media", "Federation", "Storage", "Database", model, api, graph, log], swiftSettings: strict),
        .testTarget(
            name: "ClientServicesTests",
            dependencies: [
                "ClientServices", "Federation", "RoomServer", "Storage", "Database", model, api, graph, log,
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .testTarget(name: "HTTPGatewayTests", dependencies: ["HTTPGateway", model, api], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
