import Microscopy

extension AugmentationConfiguration {
  /// Section `augmentation.flips`.
  package enum Flips: Sendable, Equatable {
    /// The studies' set: each volume four times an epoch, as it is, flipped along x, y, x and y.
    case study
    /// Each axis with a probability.
    case random(RandomFlips)
  }

  /// Section `augmentation.flips` with keys.
  package struct RandomFlips: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, axes }

    /// The probability of each axis on its own.
    package var probability = 0.5
    /// The axes that may flip.
    package var axes: [Axis] = [.x, .y]

    /// x and y, each half of the time.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.list(.axes, &axes)
      if section.isReading, axes.isEmpty || Set(axes).count != axes.count {
        throw section.error(.axes, "must name one to three different axes of x, y, z")
      }
    }
  }

  /// Section `augmentation.rotate90`: a quarter, half or three-quarter turn in the xy plane.
  package struct Rotate90: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability }

    /// The probability of a turn.
    package var probability = 0.5

    /// Half of the time.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
    }
  }

  /// Section `augmentation.rotate`: a rotation about the center.
  package struct Rotate: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, degrees, tilt }

    /// The probability of a rotation.
    package var probability = 0.5
    /// The largest angle about z, in degrees; angles are uniform in ±degrees.
    package var degrees = 15.0
    /// The largest angle about y and about x, in degrees.
    package var tilt = 0.0

    /// ±15° about z, half of the time.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.value(.degrees, &degrees, .within(0...180))
      try section.value(.tilt, &tilt, .within(0...180))
    }
  }

  /// Section `augmentation.scale`: a change of size about the center, the same along all axes.
  package struct Scale: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, range }

    /// The probability of a change.
    package var probability = 0.5
    /// The factors, of which the logarithm is uniform; above 1 enlarges.
    package var range = 0.9...1.1

    /// ±10 %, half of the time.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.range(.range, &range, .within(0.25...4))
    }
  }

  /// Section `augmentation.elastic`: random displacements, smooth by cubic B-splines between
  /// control points. Lengths are in voxels of the finest edge, so they mean the same along all
  /// axes.
  package struct Elastic: ConfigurationSection {
    /// The keys of the section.
    package enum Key: String, ConfigurationKey { case probability, spacing, magnitude }

    /// The probability of a deformation.
    package var probability = 0.3
    /// The distance of control points.
    package var spacing = 24.0
    /// The root mean square displacement along each axis.
    package var magnitude = 2.0

    /// 2 voxels every 24, three times in ten.
    package init() {}

    package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
      try section.value(.probability, &probability, .probability)
      try section.value(.spacing, &spacing, .atLeast(4))
      try section.value(.magnitude, &magnitude, .above(0))
      if section.isReading, magnitude > spacing / 5 {
        throw section.error(
          .magnitude,
          "must be at most a fifth of spacing (\(spacing)), or the volume would fold over itself; "
            + "found \(magnitude)")
      }
    }
  }
}

extension Axis: ConfigurationChoice {}
