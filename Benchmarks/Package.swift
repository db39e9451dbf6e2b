// swift-tools-version: 6.2
import PackageDescription

/// The benchmarks call the product's own modules, whose declarations only targets of one package see: their sources are
/// linked in.
let package = Package(
    name: "bench",
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", path: "Linked/CPostgres", pkgConfig: "libpq"),
        .systemLibrary(name: "CSHA1", path: "Linked/CSHA1"),
        .systemLibrary(name: "CSHA256", path: "Linked/CSHA256"),
        .target(
            name: "Postgres", dependencies: ["CPostgres", .product(name: "Logging", package: "swift-log")],
            path: "Linked/Postgres", swiftSettings: product),
        .target(
            name: "AuditLog", dependencies: ["CSHA256", "Postgres", .product(name: "Crypto", package: "swift-crypto")],
            path: "Linked/AuditLog", swiftSettings: product),
        .target(name: "CSV", path: "Linked/CSV", swiftSettings: product),
        .target(
            name: "Mapping",
            dependencies: [
                "CSHA1", "CSHA256", "CSV", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Linked/Mapping", swiftSettings: product),
        .executableTarget(
            name: "bench",
            dependencies: [
                "AuditLog", "CSV", "Mapping", "Postgres", .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]),
    ]
)

/// As the product's own package builds them.
var product: [SwiftSetting] {
    [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
