import Testing

@testable import Mapping

@Suite("Time zones")
struct TimeZoneTests {
    @Test("every zone of the table is read, and its offsets are those of clocks")
    func table() throws {
        #expect(TimeZone.names.count > 500)
        for name in TimeZone.names {
            let zone = try #require(TimeZone(name))
            for year in stride(from: 1, through: 9_999, by: 99) {
                let day = try #require(CalendarDate(year: year, month: 7, day: 1)).dayNumber
                let noon = Int64(day) * 86_400 + 43_200
                let offset = zone.offset(at: noon)
                #expect(-960...960 ~= offset, "\(name) \(year)")
                // What the clocks show at noon they may have shown once before.
                let shown = try #require(zone.instant(ofLocal: noon + Int64(offset) * 60))
                #expect(shown.instant <= noon, "\(name) \(year)")
                #expect(zone.offset(at: shown.instant) == shown.offset, "\(name) \(year)")
            }
        }
    }

    @Test(
        "a zone is a name of the database, an offset or Z, and nothing else",
        arguments: [
            ("Europe/Rome", 60), ("America/Argentina/Buenos_Aires", -180), ("UTC", 0), ("Z", 0), ("+05:45", 345),
            ("-00:30", -30), ("Etc/GMT+5", -300), ("US/Pacific", -480), ("", nil), ("Rome", nil), ("CEST", nil),
            ("europe/rome", nil), ("Europe/Rome ", nil), ("Factory", nil), ("posix/UTC", nil), ("+5", nil),
            ("+24:00", nil), ("+05:60", nil), ("Europe/Ro\u{308}m", nil),
        ] as [(String, Int?)])
    func names(name: String, winterOffset: Int?) {
        // 2024-01-01
        #expect(TimeZone(name)?.offset(at: 1_704_067_200) == winterOffset)
    }

    @Test("an offset changes at the second that the database says")
    func changes() throws {
        let rome = try #require(TimeZone("Europe/Rome"))
        #expect(rome.offset(at: 1_711_846_799) == 60)
        #expect(rome.offset(at: 1_711_846_800) == 120)
        #expect(rome.offset(at: 1_729_990_799) == 120)
        #expect(rome.offset(at: 1_729_990_800) == 60)
        // 1947, of the table's own; 2401, of the rule's second round; and before all.
        #expect(rome.offset(at: -716_000_000) == 120)
        #expect(rome.offset(at: 13_616_769_600) == 120)
        #expect(rome.offset(at: -60_000_000_000) == 50)
    }
}
