import Foundation
import Pipeline
import Testing

@Suite struct ConfigurationSmokeTests {
  @Test func minimal() throws {
    let text = "network: {kind: ndn}\ndata:\n  root: ../d\n  images: images\n  targets: ndn\n  folds: {pattern: 'Emb(\\d+)', fold: 11}\n"
    let c = try TrainingConfiguration(yaml: text, name: "x.yaml", overrides: ["optimizer.kind=sgd", "augmentation.flips=study"], fileDirectory: "/a/b")
    print(c.yaml)
    let again = try TrainingConfiguration(yaml: c.yaml, name: "y", fileDirectory: "/")
    #expect(c == again)
    let json = try JSONEncoder().encode(c)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: json) == c)
    for bad in ["network.knd=nsn", "optimizer.learning_rte=1", "loss.kind=dyce", "training.epochs=1.5", "optimizer.momentum=0.9", "network.output=softmax", "data.folds=3", "training={epochs: -1}", "augmentation.flips=studdy", "augmentation.elastic.magnitude=9"] {
      do { _ = try TrainingConfiguration(yaml: text, name: "x.yaml", overrides: [bad], fileDirectory: "/"); print("accepted", bad) } catch { print(error) }
    }
  }
}
