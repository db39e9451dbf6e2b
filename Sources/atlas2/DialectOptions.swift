import ArgumentParser
import CSV
import Mapping
import Processing

/// How a file is to be read; what is not given is found out from the file.
struct DialectOptions: ParsableArguments {
    @Option(help: "Character between cells, or two such as ||; also tab, space, comma, semicolon or pipe.")
    var delimiter: String?
    @Option(help: "Character around quoted cells, or none.")
    var quote: String?
    @Option(help: "How a quote is written inside quotes: double, backslash or none.")
    var escape: String?
    @Option(help: "utf-8, iso-8859-1, windows-1252, utf-16le or utf-16be.")
    var encoding: String?
    @Flag(inversion: .prefixedNo, help: "Whether the first record names the columns.")
    var header: Bool?

    @Option(help: "Records that name the columns together; 0 for none.")
    var headerRows: Int?
    @Option(help: "Lines above the table, which are not read.")
    var preambleLines: Int?
    @Option(help: "Lines below the table, which are not read.")
    var footerLines: Int?

    func validate() throws {
        for (name, count) in [
            ("--header-rows", headerRows), ("--preamble-lines", preambleLines), ("--footer-lines", footerLines),
        ] {
            guard count.map({ $0 >= 0 }) ?? true else { throw ValidationError("\(name) must be 0 or more") }
        }
        if let header, let headerRows, header != (headerRows > 0) {
            throw ValidationError("--header-rows \(headerRows) contradicts --\(header ? "" : "no-")header")
        }
    }

    func fixed() throws -> Detection.Fixed {
        var fixed = try Detection.Fixed(
            delimiter: delimiter, quote: quote, escape: escape, encoding: encoding, header: header)
        fixed.headerRows = headerRows
        fixed.preambleLines = preambleLines
        fixed.footerLines = footerLines
        return fixed
    }
}
