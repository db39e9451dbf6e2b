import CSV

/// A CSV file that was read as far as detection looks, and is read on from there.
struct SampledFile: ~Copyable {
    /// As the user gave it.
    let name: String
    private let input: InputFile
    private let sample: [UInt8]
    /// What was read behind the sample, to know whether the file ends with it.
    private let behind: [UInt8]
    /// Nil where reading cannot begin anywhere but at the start, as from standard input.
    private let end: FileEnd?

    /// - Throws: `Failure` when it cannot be read.
    init(_ path: String) throws {
        let input = try InputFile(path)
        let sample = try input.read(Detection.sampleSize)
        let behind = sample.count < Detection.sampleSize ? [] : try input.read(1)
        let end = behind.isEmpty ? nil : try input.end()
        self.end = end
        name = input.name
        self.input = input
        self.sample = sample
        self.behind = behind
    }

    /// How the file is written, as a job with these limits finds it out.
    func detect(_ fixed: Detection.Fixed, _ limits: Limits) throws -> Detection {
        var fixed = fixed
        fixed.limits = limits
        return try Detection.detect(sample, isWholeFile: behind.isEmpty, end: end, fixed: fixed)
    }

    /// Gives all bytes of the file to `body`, piece by piece; once.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        var piece = sample + behind
        while !piece.isEmpty {
            try body(piece)
            piece = try input.read(1 << 18)
        }
    }
}
