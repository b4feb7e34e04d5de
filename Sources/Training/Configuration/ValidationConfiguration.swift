/// Section `validation`: how volumes that validate are measured.
package struct ValidationConfiguration: ConfigurationSection {
  /// The keys of the section.
  package enum Key: String, ConfigurationKey {
    case every
    case detectionRadius = "detection_radius"
  }

  /// Validate every so many epochs (and after the last).
  package var every = 1
  /// Also match predicted with true centers within this radius in µm and report F1; nil: not.
  package var detectionRadius: Double?

  /// Every epoch.
  package init() {}

  package mutating func visit(_ section: SectionVisitor<Key>) throws(ConfigurationError) {
    try section.value(.every, &every, .within(1...1_000_000))
    try section.value(.detectionRadius, &detectionRadius, .above(0))
  }
}
