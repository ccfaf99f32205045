// swift-tools-version:6.2
import PackageDescription

/// What a write and a read cost in the database; `swift run -c release database-bench [folder]`.
let package = Package(
    name: "DatabaseBenchmark",
    dependencies: [
        .package(path: "../../Core"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        // The sources of the root package's target, without everything else that its package brings.
        .target(
            name: "Database",
            dependencies: [
                .product(name: "MatrixModel", package: "Core"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Sources/Database",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ]),
        .executableTarget(name: "database-bench", dependencies: ["Database"], swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)
