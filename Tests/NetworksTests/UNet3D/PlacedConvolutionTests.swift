import Networks
import Tensors
import TestSupport
import Testing

/// The list of a network's convolutions against the network itself.
@Suite struct PlacedConvolutionTests {
  static let networks: [UNetConfiguration] = [
    .nsn, .ndn, .unet, UNetConfiguration(levels: 1, base: 3, kernel: 5, inputs: 2, outputs: 2),
  ]

  @Test(arguments: networks) func namesAndShapesAreThoseOfTheParameters(
    configuration: UNetConfiguration
  ) throws {
    var shapes: [String: Shape] = [:]
    var network = try UNet3D(configuration)
    network.forEachParameter { parameter in
      if parameter.decays { shapes[parameter.name] = parameter.value.shape }
    }
    let layers = try configuration.convolutions(for: SpatialAxes(17, 33, 16))
    #expect(layers.count == shapes.count)
    for layer in layers { #expect(shapes["\(layer.name).weight"] == layer.weightShape) }
  }

  /// Every convolution's output is the next one's input, once more with pooling in between.
  @Test(arguments: networks) func extentsFitAndArithmeticAddsUp(
    configuration: UNetConfiguration
  ) throws {
    for extents in [SpatialAxes(17, 33, 16), SpatialAxes(1), SpatialAxes(64)] {
      let layers = try configuration.convolutions(for: extents)
      #expect(
        layers.reduce(0) { $0 + $1.multiplyAdds } == configuration.multiplyAdds(for: extents))
      for (layer, next) in zip(layers, layers.dropFirst()) {
        let halved = SpatialAxes(
          layer.output.depth / 2, layer.output.height / 2, layer.output.width / 2)
        #expect(next.input == layer.output || next.input == halved, "\(layer.name)")
      }
      for layer in layers where layer.kind == .convolution {
        #expect(try layer.geometry.output(for: layer.input) == layer.output)
        #expect(layer.inputShape(batch: 2).count == 2 * layer.inputs * layer.input.product)
        #expect(layer.outputShape().count == layer.outputs * layer.output.product)
      }
      #expect(layers.last?.output == layers.first?.input)
    }
  }

  @Test func wrongExtents() {
    #expect(throws: ShapeError.self) { try UNetConfiguration.nsn.convolutions(for: 0) }
  }
}
