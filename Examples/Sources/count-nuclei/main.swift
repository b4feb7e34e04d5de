// Counts the nuclei of a volume and writes their labels:
//
//   count-nuclei image.tif nsn.safetensors ndn.safetensors labels.tif
//
// The image must tell its voxel size, as files of ImageJ, OME-TIFF and `morula synthesize` do.

import Compute
import Foundation
import Microscopy
import Segmentation

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 4 else {
  print("usage: count-nuclei IMAGE NSN NDN LABELS")
  exit(2)
}
let paths = Array(arguments)

do {
  let image = try TIFF.readVolume(at: paths[0])
  let segmenter = Segmenter(
    foreground: .network(try Predictor(Model(contentsOf: paths[1]))),
    detector: try Predictor(Model(contentsOf: paths[2])),
    parameters: SegmentationParameters())
  var workspace = Workspace()
  let nuclei = try segmenter.segment(image, name: paths[0], workspace: &workspace).instances
  try TIFF.write(nuclei.labels, to: paths[3])
  print("\(nuclei.count) nuclei in \(image.extent) voxels (z, y, x), labels in \(paths[3])")
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
