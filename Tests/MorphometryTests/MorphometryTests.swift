import Testing

@Suite struct MorphometryTests {}
