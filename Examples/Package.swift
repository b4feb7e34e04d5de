// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Examples",
  dependencies: [.package(name: "Morula", path: "../")],
  targets: [
    .executableTarget(
      name: "count-nuclei", dependencies: [.product(name: "Morula", package: "Morula")]),
    .executableTarget(
      name: "time-convolution", dependencies: [.product(name: "Tensors", package: "Morula")]),
  ],
  swiftLanguageModes: [.v6]
)
