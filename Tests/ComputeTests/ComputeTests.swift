import Testing

@Suite struct ComputeTests {}
