import Compute
import Foundation

/// The epochs so far, as a table for pandas, R or a spreadsheet.
enum History {
  static let header =
    "epoch,step,learning_rate,train_loss,train_iou,val_loss,val_iou,val_iou_sd,"
    + "val_detection_precision,val_detection_recall,val_detection_f1,seconds"

  /// The table: one row per epoch; a field is empty if nothing was measured.
  static func table(_ records: [EpochRecord]) -> String {
    let rows = records.map { record in
      let validation = record.validation
      let detection = validation?.detection
      let measured: [Double?] = [
        record.learningRate, record.trainingLoss, record.trainingIoU, validation?.loss,
        validation?.iou, validation?.iouDeviation, detection?.precision, detection?.recall,
        detection?.f1,
      ]
      let fields =
        ["\(record.epoch)", "\(record.step)"]
        + measured.map { $0.map { String(format: "%.6g", $0) } ?? "" }
        + [String(format: "%.1f", record.seconds)]
      return fields.joined(separator: ",")
    }
    return ([header] + rows).joined(separator: "\n") + "\n"
  }

  /// Writes the table, whole or not at all.
  static func write(_ records: [EpochRecord], to path: String) throws {
    try AtomicFile.write(to: path) { try $0.write(contentsOf: Data(table(records).utf8)) }
  }
}
