// swift-tools-version: 6.2
import PackageDescription

/// Rooms whose unsafe code, if any, is marked: the compiler enforces it.
let safe: [SwiftSetting] = [.strictMemorySafety()]

/// The program of `make fuzz`, which only links under libFuzzer.
let isFuzzing = Context.environment["MORULA_FUZZ"] != nil

let package = Package(
  name: "Morula",
  products: [
    // To run models, to make them, to time them, and the engine alone.
    .library(
      name: "Morula",
      targets: [
        "Compute", "Tensors", "Networks", "Microscopy", "Morphometry", "Figures", "Segmentation",
        "Exchange",
      ]),
    .library(
      name: "MorulaTraining",
      targets: [
        "Compute", "Tensors", "Networks", "Microscopy", "Morphometry", "Segmentation", "Training",
        "Synthesis",
      ]),
    .library(name: "MorulaBenchmarking", targets: ["Benchmarking"]),
    .library(name: "Tensors", targets: ["Compute", "Tensors"]),
    .executable(name: "morula", targets: ["morula"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // C libraries of the system, and our own SIMD loops.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CCodecs", pkgConfig: "blosc",
      providers: [.apt(["libblosc-dev", "libzstd-dev", "zlib1g-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZIP", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CFiles"),
    .target(name: "CKernels"),

    // The rooms, in the direction of the arrows (docs/architecture.md).
    .target(
      name: "Compute", dependencies: ["CFiles", "CLAPACKE", "COpenSSL"], swiftSettings: safe),
    .target(name: "Tensors", dependencies: ["Compute", "CKernels", "COpenBLAS"]),
    .target(name: "Networks", dependencies: ["Compute", "Tensors"], swiftSettings: safe),
    .target(
      name: "Microscopy", dependencies: ["Compute", "CTIFF", "CCodecs"], swiftSettings: safe),
    .target(name: "Morphometry", dependencies: ["Compute", "Microscopy"], swiftSettings: safe),
    .target(name: "CStartup"),
    .target(name: "Figures", dependencies: ["Compute", "Microscopy", "CPNG"]),
    .target(
      name: "Segmentation",
      dependencies: ["Compute", "Tensors", "Networks", "Microscopy", "Morphometry"],
      swiftSettings: safe),
    .target(
      name: "Training",
      dependencies: [
        "Compute", "Tensors", "Networks", "Microscopy", "Morphometry", "Segmentation",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: safe),
    .target(
      name: "Synthesis", dependencies: ["Compute", "Microscopy", "Morphometry"],
      swiftSettings: safe),
    .target(
      name: "Benchmarking",
      dependencies: ["Compute", "Tensors", "Networks", "Microscopy", "Segmentation"],
      swiftSettings: safe),
    .target(
      name: "Exchange",
      dependencies: [
        "Compute", "Tensors", "Networks", "Microscopy", "Segmentation", "CZIP",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["ONNX/onnx.proto"],
      swiftSettings: safe),
    .executableTarget(
      name: "morula",
      dependencies: [
        "CStartup", "Compute", "Tensors", "Networks", "Microscopy", "Morphometry", "Figures",
        "Segmentation",
        "Training", "Synthesis", "Benchmarking", "Exchange",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: safe),

    // Tests: one folder per room.
    .target(
      name: "TestSupport", dependencies: ["Networks", "Microscopy"], path: "Tests/TestSupport"),
    .testTarget(name: "ComputeTests", dependencies: ["Compute", "TestSupport"]),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "MicroscopyTests", dependencies: ["Microscopy", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "MorphometryTests", dependencies: ["Morphometry", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport"]),
    .testTarget(
      name: "SegmentationTests", dependencies: ["Segmentation", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Synthesis", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "SynthesisTests", dependencies: ["Synthesis", "TestSupport"]),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking", "TestSupport"]),
    .testTarget(
      name: "ExchangeTests",
      dependencies: [
        "Exchange", "TestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      resources: [.copy("Fixtures")]),
    // Runs the built executable; see CommandTests/MorulaCommand.swift.
    .testTarget(
      name: "CommandTests", dependencies: ["morula", "Networks", "Segmentation", "TestSupport"],
      exclude: ["Fixtures"]),

    // Parsers under any bytes; docs/fuzzing.md.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Compute", "Tensors", "Networks", "Microscopy", "Morphometry", "Segmentation", "Training",
        "Exchange",
        "TestSupport",
      ],
      path: "Tests/Fuzzing/Targets"),
    .testTarget(
      name: "FuzzCorpusTests",
      dependencies: [
        "FuzzTargets", "Microscopy", "Networks", "Training", "Exchange", "TestSupport",
      ],
      path: "Tests/Fuzzing/Tests"),
  ]
    + (isFuzzing
      ? [
        .executableTarget(
          name: "fuzz", dependencies: ["Compute", "FuzzTargets"],
          path: "Tests/Fuzzing/Driver")
      ] : []),
  swiftLanguageModes: [.v6]
)
