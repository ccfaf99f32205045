// swift-tools-version:6.2
import PackageDescription

/// What one event costs in JSON and hashing; `swift run -c release json-bench`.
let package = Package(
    name: "JSONBenchmark",
    dependencies: [
        .package(path: "../../Core"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    ],
    targets: [
        .executableTarget(
            name: "json-bench",
            dependencies: [.product(name: "MatrixModel", package: "Core"), .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
