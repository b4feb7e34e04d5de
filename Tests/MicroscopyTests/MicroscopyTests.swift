import Testing

@Suite struct MicroscopyTests {}
