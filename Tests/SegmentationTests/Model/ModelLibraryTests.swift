import Foundation
import Segmentation
import TestSupport
import Testing

@Suite struct ModelLibraryTests {
  static func library(_ folder: TestFolder, _ executable: String, variable: String? = nil)
    -> ModelLibrary
  {
    ModelLibrary(
      executable: "\(folder.path)/\(executable)",
      environment: variable.map { [ModelLibrary.variable: $0] } ?? [:])
  }

  @Test func installed() throws {
    let folder = try TestFolder()
    try folder.write(to: "opt/bin/morula")
    for name in ["ndn.safetensors", "nsn.safetensors", ".hidden.safetensors", "notes.txt"] {
      try folder.write(to: "opt/share/morula/models/\(name)")
    }
    let library = Self.library(folder, "opt/bin/morula")
    #expect(library.entries.map(\.name) == ["ndn", "nsn"])
    #expect(library["nsn"]?.path == library.folder.map { $0 + "/nsn.safetensors" })
    #expect(library["unet"] == nil)
    // Through a link in another folder.
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/morula", withDestinationPath: folder.path + "/opt/bin/morula")
    #expect(Self.library(folder, "morula").folder == library.folder)
  }

  @Test func inTheBuildFolder() throws {
    let folder = try TestFolder()
    try folder.write(to: "Package.swift")
    try folder.write(to: "Models/nsn.safetensors")
    try folder.write(to: ".build/x86_64-unknown-linux-gnu/release/morula")
    let executable = ".build/x86_64-unknown-linux-gnu/release/morula"
    #expect(Self.library(folder, executable).entries.map(\.name) == ["nsn"])
    // A folder called Models outside a package is ignored.
    try FileManager.default.removeItem(atPath: folder.path + "/Package.swift")
    #expect(Self.library(folder, executable).folder == nil)
  }

  @Test func theVariableWins() throws {
    let folder = try TestFolder()
    try folder.write(to: "Package.swift")
    try folder.write(to: "Models/nsn.safetensors")
    try folder.write(to: ".build/release/morula")
    try folder.write(to: "other/mine.safetensors")
    let library = Self.library(folder, ".build/release/morula", variable: folder.path + "/other")
    #expect(library.entries.map(\.name) == ["mine"])
    let absent = Self.library(folder, ".build/release/morula", variable: "/nowhere")
    #expect(absent.entries.isEmpty && absent.folder == "/nowhere")
    #expect(Self.library(folder, ".build/release/morula", variable: "").entries.count == 1)
  }
}
