/// What a pickle describes, as data.
///
/// Objects lie in one array and refer to each other by their indices in it, as they may in circles.
/// Nothing is constructed or called: an object of a class that Morula does not know stays a name
/// with the values that were to make it.
package struct Pickle: Sendable {
  /// A plain value, or the index of an object.
  package enum Value: Hashable, Sendable {
    /// Python's None.
    case none
    /// A truth value.
    case boolean(Bool)
    /// An integer that 64 bits hold.
    case integer(Int)
    /// A number.
    case real(Double)
    /// A text.
    case text(String)
    /// Something that is skipped: bytes, or an integer of more than 64 bits.
    case skipped
    /// An element of `Pickle.objects`.
    case object(Int)
  }

  /// An object.
  package enum Object: Sendable {
    /// A list, or a set.
    case list([Value])
    /// A tuple.
    case tuple([Value])
    /// A dictionary, its entries in order.
    case dictionary([Entry])
    /// A class or function by its name, for example `torch.FloatStorage`.
    case name(String)
    /// Numbers in another part of the file.
    case storage(Storage)
    /// A view of a storage.
    case tensor(Tensor)
    /// An object of an unknown class.
    case opaque(Opaque)
  }

  /// An entry of a dictionary.
  package struct Entry: Sendable {
    /// The key.
    package var key: Value
    /// The value.
    package var value: Value
  }

  /// Numbers that PyTorch keeps in an entry of the archive.
  package struct Storage: Hashable, Sendable {
    /// The class, for example `torch.FloatStorage`.
    package var type: String
    /// The entry's name.
    package var key: String
    /// How many numbers it claims to hold.
    package var count: Int
  }

  /// A tensor of PyTorch.
  package struct Tensor: Hashable, Sendable {
    /// Where its numbers are.
    package var storage: Storage
    /// The first one's index among them.
    package var offset: Int
    /// The extents.
    package var shape: [Int]
    /// The distances between neighbors along each axis, in numbers.
    package var strides: [Int]
    /// The type if the storage does not tell it, for example `torch.float32`.
    package var type: String?
  }

  /// An object of an unknown class.
  package struct Opaque: Sendable {
    /// The class or function that was to make it.
    package var name: String
    /// What it was to be made of.
    package var arguments: [Value]
    /// What was to be set in it.
    package var state: Value?
  }

  /// What the pickle is.
  package var root: Value
  /// All objects.
  package var objects: [Object]
  /// The unknown classes, in order of appearance.
  package var unknown: [String]
}

/// Looking at values.
extension Pickle {
  /// The object of a value.
  package func object(_ value: Value) -> Object? {
    if case .object(let index) = value { objects[index] } else { nil }
  }

  /// The entries of a dictionary.
  package func dictionary(_ value: Value) -> [Entry]? {
    if case .dictionary(let entries)? = object(value) { entries } else { nil }
  }

  /// The value of a text key of a dictionary; the last one where it occurs again, as in Python.
  package func value(_ key: String, in value: Value) -> Value? {
    dictionary(value)?.last { $0.key == .text(key) }?.value
  }

  /// The elements of a tuple or a list.
  package func elements(_ value: Value) -> [Value]? {
    switch object(value) {
    case .tuple(let values)?, .list(let values)?: values
    default: nil
    }
  }

  /// The elements of a tuple or a list, where all are integers.
  package func integers(_ value: Value) -> [Int]? {
    guard let elements = elements(value) else { return nil }
    let integers = elements.compactMap { if case .integer(let number) = $0 { number } else { nil } }
    return integers.count == elements.count ? integers : nil
  }
}
