import Foundation
import Glibc
import Testing

extension ReportTests {
    @Suite("Reports in hostile hands", .timeLimit(.minutes(20)))
    struct ReportSafetyTests {
        private static let names = [
            "<script>alert(1)</script>", "\u{1B}[31mred\u{07}", "\u{202E}gnp.exe", "=cmd|' /C calc'!A0", "@SUM(1)",
            "'quoted\"", "a\u{2028}b", "＝1+1",
        ]

        private func homeWithNames() async throws -> Home {
            let home = try await Home.prepared()
            for (number, name) in Self.names.enumerated() {
                try await home.run(
                    "users", "add", "u\(number)@example.com", "--name", name, "--role", "admin", expecting: 0)
            }
            for number in 0..<5 {
                let address = "u\(number)@example.com"
                try await home.run("settings", "set", "job_timeout", "\(number + 1)", "--as", address, expecting: 0)
            }
            return home
        }

        @Test(
            "names that would be markup, escapes, another direction or formulas are nothing but text in every report and format"
        )
        func hostile() async throws {
            let home = try await homeWithNames()
            for kind in ["audit", "activity", "jobs", "access"] {
                for format in ["html", "json", "csv"] {
                    let ended = try await home.run("report", kind, "--format", format)
                    #expect(ended.code == 0)
                    for text in [ended.output, ended.errors] {
                        for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\r" {
                            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                            #expect(!isControl && scalar != "\u{202E}" && scalar != "\u{2028}", "\(kind) \(format)")
                        }
                    }
                    switch format {
                    case "html":
                        #expect(!ended.output.contains("<script"), "\(kind)")
                        #expect(!ended.output.contains("http://") || kind == "activity" || kind == "jobs")
                        if kind == "audit" {
                            #expect(ended.output.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
                        }
                    case "csv":
                        for cell in Self.cells(ended.output) {
                            let first = cell.unicodeScalars.first ?? "x"
                            let isNumber = Int(cell) != nil || Double(cell) != nil
                            #expect(isNumber || !"=+-@＝".unicodeScalars.contains(first), "\(cell)")
                        }
                    default:
                        for line in ended.output.split(separator: "\n") { _ = try ReportRecord(line) }
                    }
                }
            }
            let audit = try await home.run("report", "audit", "--format", "csv").output
            #expect(audit.contains("\\u{1b}[31mred\\u{7}") && audit.contains("\\u{202e}gnp.exe"))
            let json = try await home.run("report", "audit", "--format", "json").output
            #expect(json.contains("\\u202egnp.exe") && json.contains("\\u001b[31mred"))
        }

        /// By RFC 4180: a reader that shares nothing with the product's.
        private static func cells(_ text: String) -> [String] {
            var (cells, cell, isQuoted) = ([String](), "", false)
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": isQuoted.toggle()
                case ",", "\r", "\n":
                    if isQuoted {
                        cell.unicodeScalars.append(scalar)
                    } else {
                        cells.append(cell)
                        cell = ""
                    }
                default: cell.unicodeScalars.append(scalar)
                }
            }
            return cells
        }

        @Test("an export for spreadsheets holds no formula; as JSON it is exact")
        func formulas() async throws {
            let home = try await Home.prepared()
            try home.write("people.csv", "Id,Name\n=1+1,a\n-3,b\n+4,\"=HYPERLINK(\"\"http://x\"\")\"\n@x,c\n")
            try home.write("people.yaml", ErasureTests.mapping)
            try await home.run("run", "people.csv", "--mapping", "people.yaml", expecting: 2)
            try await home.run("jobs", "errors", "last", "--out", "errors.csv", expecting: 0)
            let text = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/errors.csv")), as: UTF8.self)
            #expect(text.contains("'=1+1") && text.contains("'@x"), "\(text)")
            #expect(!Self.cells(text).contains { $0.hasPrefix("=") || $0.hasPrefix("@") })
            try await home.run("jobs", "errors", "last", "--out", "errors.json", expecting: 0)
            let exact = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/errors.json")), as: UTF8.self)
            #expect(exact.contains(#""value":"=1+1""#) && exact.contains(#""value":"@x""#), "\(exact)")
        }

        @Test("a page needs nothing from elsewhere, and says on its first sheet what it is made of")
        func page() async throws {
            let home = try await homeWithNames()
            let page = try await home.run(
                "report", "activity", "--format", "html", "--from", "2020-01-01", "--user", Home.admin, expecting: 0
            ).output
            for word in ["src=", "href=", "url(", "@import", "<iframe", "<link", "<object", "onload"] {
                #expect(!page.contains(word), "\(word)")
            }
            #expect(page.contains("default-src 'none'") && page.contains("<svg"))
            let checkpoint = try await home.run("log", "checkpoint").output.split(separator: "\n")
            let sheet = page.prefix(upTo: try #require(page.range(of: "<figure>")).lowerBound)
            for fact in [
                "The log is sound", "from 2020-01-01 00:00:00Z on", "Ann Admin", "atlas2 ", String(checkpoint[0]),
                "positions 0 to", "disclosure/",
            ] { #expect(sheet.contains(fact), "\(fact)") }
        }

        @Test("events that no checkpoint covers yet are marked")
        func unsealed() async throws {
            let home = try await Home.prepared()
            let sealed = try await home.logSize()
            try await home.fill(settings: 1000)
            let report = try await home.run("report", "audit", "--format", "json", expecting: 0).output
            let records = try report.split(separator: "\n").map { try ReportRecord($0) }
            #expect(records.first?.number("sealed_size") == Int64(sealed))
            #expect(records.dropFirst().count { $0.text("seal") == "sealed" } == sealed)
            #expect(records.dropFirst().count { $0.text("seal") == "not sealed" } == 1000)
        }

        @Test(
            "a report of a log that was tampered with says so at its top, marks the event, and ends with 1",
            arguments: ["html", "json", "csv"])
        func tampered(format: String) async throws {
            let home = try await homeWithNames()
            _ = try await home.sql(
                """
                SET session_replication_role = replica;
                UPDATE audit_logs SET payload = '{"key":"max_file_size","value":1}' WHERE position = 1
                """)
            let ended = try await home.run("report", "audit", "--out", "audit.\(format)")
            #expect(
                ended.code == 1 && ended.errors.contains("the log is NOT sound: 1 problem, the first at position 1"))
            let text = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/audit.\(format)")), as: UTF8.self)
            switch format {
            case "html":
                let top = text.prefix(upTo: try #require(text.range(of: "<table>")).lowerBound)
                #expect(top.contains("The log is NOT sound: 1 problem, the first at position 1"))
                #expect(text.contains("modified"))
            case "json":
                let records = try text.split(separator: "\n").map { try ReportRecord($0) }
                #expect(records[0].members["sound"] == .boolean(false))
                #expect(
                    records.dropFirst().filter { $0.text("seal") == "modified" }.map { $0.number("position") } == [1])
            default:
                #expect(text.split(separator: "\r\n")[2].hasSuffix(",modified"))
                let about = String(
                    decoding: try Data(contentsOf: URL(fileURLWithPath: "\(home.folder)/audit.csv.about.json")),
                    as: UTF8.self)
                #expect(about.contains(#""sound":false"#))
            }
        }

        @Test("a report of a log that is fifteen times as long needs hardly more memory")
        func memory() async throws {
            let home = try await Home.prepared()
            func peak(_ format: String) async throws -> Int {
                let program = try home.start(["report", "audit", "--out", "audit.\(format)", "--force"])
                var peak = 0
                while program.isRunning {
                    let status = try? String(contentsOfFile: "/proc/\(program.process)/status", encoding: .utf8)
                    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
                    peak = max(peak, line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
                    try await Task.sleep(for: .milliseconds(5))
                }
                #expect(try await program.end().code == 0)
                return peak
            }
            try await home.fill(settings: 1000)
            var small: [String: Int] = [:]
            for format in ["html", "json", "csv"] { small[format] = try await peak(format) }
            try await home.fill(settings: 14_000)
            for format in ["html", "json", "csv"] {
                let (before, after) = (try #require(small[format]), try await peak(format))
                #expect(before > 0 && Double(after) < 1.5 * Double(before), "\(format): \(before) kB, then \(after) kB")
                #expect(Home.size("\(home.folder)/audit.\(format)") > 2_000_000)
            }
        }
    }
}
