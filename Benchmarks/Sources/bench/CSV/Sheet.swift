import Foundation
import Glibc

/// A CSV file that is the same on every machine: seven columns, as customers' exports are.
enum Sheet {
    static let columns = ["id", "full name", "signup", "amount", "country", "email", "notes"]

    static func write(rows: Int, to path: String) throws {
        guard let file = fopen(path, "w") else { throw BenchmarkError("\(path) cannot be written") }
        defer { fclose(file) }
        var random = SplitMix64(state: 20_240_229)
        fputs(columns.joined(separator: ",") + "\n", file)
        for row in 1...rows {
            let name = "\(firstNames[random.index(firstNames.count)]) \(lastNames[random.index(lastNames.count)])"
            let day = 1 + random.index(28)
            let month = 1 + random.index(12)
            let year = 2005 + random.index(19)
            let amount = random.index(10_000_000)
            let line =
                "\(row),  \(name) ,\(two(day))/\(two(month))/\(year),\"\(amount / 100_000),\(three(amount / 100 % 1000)).\(two(amount % 100))\","
                + "\(countries[random.index(countries.count)]),user\(row)@example.com,"
                + "\"note \(random.index(1000)), for the record number \(random.index(1_000_000))\"\n"
            fputs(line, file)
        }
    }

    static let mapping = """
        name: bench
        api:
          name: bench
          type: rest_api
          fields:
            - {name: id, type: integer, required: true}
            - {name: name, type: string, required: true, max_length: 80}
            - {name: signed_up, type: date, required: true}
            - {name: amount, type: number, required: true}
            - {name: country, type: string, pattern: "^[A-Z]{2}$"}
            - {name: email, type: email, required: true}
        source: {delimiter: ",", header: true, encoding: utf-8}
        mappings:
          id: $id | to_integer
          name: $"full name" | trim | collapse_spaces
          signed_up: $signup | parse_date("dd/MM/yyyy")
          amount: $amount | parse_number("en")
          country: $country | upper
          email: $email | trim | lower

        """

    private static let firstNames = [
        "Anna", "Björn", "Chloé", "David", "Emma", "Fatima", "George", "Hanna", "Ivan", "Jürgen",
    ]
    private static let lastNames = [
        "Kowalska", "Smith", "García", "Müller", "Rossi", "Novák", "Dubois", "Andersen", "Tanaka",
    ]
    private static let countries = ["DE", "fr", "PL", "gb", "US", "IT", "es", "CZ"]

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func three(_ number: Int) -> String {
        number < 10 ? "00\(number)" : number < 100 ? "0\(number)" : "\(number)"
    }
}

/// The same numbers on every machine (Steele, Lea and Flood, 2014).
struct SplitMix64 {
    var state: UInt64

    mutating func index(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(count))
    }
}
