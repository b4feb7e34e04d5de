import Microscopy
import Testing

/// Which frames of two sides belong together.
@Suite struct FrameMatchingTests {
  private func frames(_ stems: [String]) -> [FrameMatching.Frame] {
    stems.map { FrameMatching.Frame(path: "\($0).tif", stem: $0, frames: 1) }
  }

  private func stack(_ name: String, _ count: Int) -> [FrameMatching.Frame] {
    VolumeFiles.frameStems(of: name + ".tif", frames: count).map {
      FrameMatching.Frame(path: name + ".tif", stem: $0, frames: count)
    }
  }

  @Test(arguments: [
    "Emb01_t051_cp_masks", "Emb1_t51_labels", "mask_Emb01_t051", "label_Emb01_t51",
    "Emb01_t051_seg",
    "Emb01_t051.ome_cp_masks", "Emb01_t051_mask", "Emb01_T51_Object Identities",
    "LblImg_Emb01_t051",
    "Emb01-t051_Simple Segmentation", "emb01_051", "Emb01_t051_instances", "Emb01_frame51_gt",
    "Emb01_t051.tif_masks", "Emb01_t051_stardist_labels",
  ])
  func namesOfLabels(stem: String) {
    #expect(ImageName(stem) == ImageName("Emb01_t051"), "\(stem)")
    #expect(ImageName(stem) == ImageName("raw_Emb01_t051"))
    #expect(
      ImageName(stem) != ImageName("Emb01_t052") && ImageName(stem) != ImageName("Emb02_t051"))
  }

  @Test func namesThatDiffer() {
    #expect(ImageName("a_ch1_t2") != ImageName("a_ch2_t2"))
    #expect(ImageName("embA_t1") != ImageName("embB_t1"))
    #expect(ImageName("mask").isEmpty && !ImageName("mask_7").isEmpty)
    #expect(ImageName("t010") == ImageName("mask10"))
  }

  /// By number, whatever the order; no frame is paired with that of another time.
  @Test func numbers() throws {
    let matching = try FrameMatching(
      frames(["mask_010", "mask_011", "mask_013"]), with: frames(["img_010", "img_011", "img_012"]))
    #expect(matching.partners == [0, 1, nil] && matching.rule == .name && matching.notes.isEmpty)
    let other = try FrameMatching(
      frames(["seg_a_3", "seg_a_1", "seg_a_2"]), with: frames(["u1", "u2", "u4"]))
    #expect(other.partners == [nil, 0, 1] && other.rule == .number)
    #expect(other.notes.count == 1 && other.notes[0].contains("time numbers"))
  }

  @Test func stacks() throws {
    let inOrder = try FrameMatching(frames(["a_t1", "a_t2", "a_t3"]), with: stack("raw", 3))
    #expect(inOrder.partners == [0, 1, 2] && inOrder.rule == .order && inOrder.notes.isEmpty)
    let gaps = try FrameMatching(stack("raw", 3), with: frames(["a_t10", "a_t2", "a_t7"]))
    #expect(gaps.partners == [1, 2, 0] && gaps.notes.count == 1)
    // A file of four frames does not say which three the files are.
    let fewer = try FrameMatching(frames(["a_t1", "a_t2", "a_t4"]), with: stack("raw", 4))
    #expect(fewer.partners == [0, 1, 3] && fewer.notes[0].contains("counted from 1"))
    let zero = try FrameMatching(frames(["m_t0", "m_t2"]), with: stack("raw", 4))
    #expect(zero.partners == [0, 2] && zero.notes[0].contains("counted from 0"))
    let named = try FrameMatching(frames(["raw_t002_labels"]), with: stack("raw", 4))
    #expect(named.partners == [1] && named.notes.isEmpty)
    let both = try FrameMatching(stack("a_labels", 2), with: stack("a", 2))
    #expect(both.partners == [0, 1] && both.notes.isEmpty)
  }

  @Test func singleFrames() throws {
    #expect(try FrameMatching(frames(["mask"]), with: frames(["raw"])).partners == [0])
    let (one, other) = (frames(["mask_13"]), frames(["img_12"]))
    #expect(try FrameMatching(one, with: other).partners == [nil])
    let named = try FrameMatching(one, with: other, areNamed: true)
    #expect(named.partners == [0] && named.notes.count == 1)
  }

  @Test func ambiguousNames() {
    #expect(throws: InputError.self) {
      try FrameMatching(frames(["a_1_mask"]), with: frames(["a_1", "a_001"]))
    }
  }
}
