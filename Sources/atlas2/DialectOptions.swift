import ArgumentParser
import CSV
import Mapping
import Processing

/// How a file is to be read; what is not given is found out from the file.
struct DialectOptions: ParsableArguments {
    @Option(help: "Character between cells; also tab, space, comma, semicolon or pipe.")
    var delimiter: String?
    @Option(help: "Character around quoted cells, or none.")
    var quote: String?
    @Option(help: "How a quote is written inside quotes: double, backslash or none.")
    var escape: String?
    @Option(help: "utf-8, iso-8859-1 or windows-1252.")
    var encoding: String?
    @Flag(inversion: .prefixedNo, help: "Whether the first record names the columns.")
    var header: Bool?

    func fixed() throws -> Detection.Fixed {
        try Detection.Fixed(delimiter: delimiter, quote: quote, escape: escape, encoding: encoding, header: header)
    }
}
