// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Morula", path: "../")],
  targets: [
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        .product(name: "Morula", package: "Morula"),
        .product(name: "MorulaBenchmarking", package: "Morula"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
