// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors, except where a later compiler's new ones should stop nobody (see Makefile).
let warnings: [SwiftSetting] =
    Context.environment["ATLAS2_ALLOW_WARNINGS"] == nil ? [.treatAllWarnings(as: .error)] : []
let strict: [SwiftSetting] =
    warnings + [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

let package = Package(
    name: "atlas2",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "atlas2", targets: ["atlas2"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        // Of swift-crypto, which links them: a header only.
        .systemLibrary(name: "CSHA1"),
        .systemLibrary(name: "CSHA256"),
        .target(name: "CSV", swiftSettings: strict),
        .target(
            name: "Mapping",
            dependencies: [
                "CSHA1", "CSHA256", "CSV", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "Postgres",
            dependencies: ["CPostgres", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .target(
            name: "Cluster",
            dependencies: [.product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .target(
            name: "AuditLog",
            dependencies: ["CSHA256", "Postgres", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Witnesses",
            dependencies: [
                "AuditLog", "Postgres", "Processing",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Projections",
            dependencies: ["AuditLog", "Postgres", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Processing",
            dependencies: [
                "AuditLog", "CLZ4", "CSV", "Mapping", "Postgres", "Projections",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "atlas2",
            dependencies: [
                "AuditLog", "Cluster", "CSV", "Mapping", "Postgres", "Processing", "Projections", "Witnesses",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["AuditLog", "Postgres", "Projections", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "CSVTests", dependencies: ["CSV"], swiftSettings: strict),
        .testTarget(name: "MappingTests", dependencies: ["CSV", "Mapping", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ClusterTests", dependencies: ["Cluster", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "TestSupport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "AuditLogTests", dependencies: ["AuditLog", "Postgres", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ProjectionsTests", dependencies: ["Projections", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ProcessingTests",
            dependencies: [
                "AuditLog", "CSV", "Mapping", "Processing", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WitnessesTests", dependencies: ["AuditLog", "Processing", "TestSupport", "Witnesses"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "AuditLog", "CSV", "Mapping", "Postgres", "Processing", "Projections", "TestSupport", "Witnesses",
                "atlas2",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Mappings"], swiftSettings: strict),
    ]
)
