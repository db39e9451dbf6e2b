import Postgres
import Projections
import Testing

@Suite("A moment as people write it")
struct MomentTests {
    @Test(
        "a date is its midnight, a whole second all of that second, a fraction itself; UTC unless an offset is given",
        arguments: [
            ("2026-03-31", "2026-03-31T00:00:00.000000Z"),
            ("2026-03-31 18:00", "2026-03-31T18:00:00.000000Z"),
            ("2026-03-31T18:00Z", "2026-03-31T18:00:00.000000Z"),
            ("2026-03-31 18:00:05", "2026-03-31T18:00:05.999999Z"),
            ("2026-03-31 18:00:05Z", "2026-03-31T18:00:05.999999Z"),
            ("2026-03-31 18:00:05.25", "2026-03-31T18:00:05.250000Z"),
            ("2026-03-31T18:00:05.123456+00", "2026-03-31T18:00:05.123456Z"),
            ("2026-03-31 18:00-05:30", "2026-03-31T23:30:00.000000Z"),
            ("2024-02-29", "2024-02-29T00:00:00.000000Z"),
            // The hour that Berlin has not in spring, and the one that it has twice in autumn: the offset says which.
            ("2026-03-29T02:30+01:00", "2026-03-29T01:30:00.000000Z"),
            ("2026-03-29T02:30+02:00", "2026-03-29T00:30:00.000000Z"),
            ("2026-10-25T02:30+02:00", "2026-10-25T00:30:00.000000Z"),
            ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00.000000Z"),
        ])
    func times(text: String, moment: String) {
        #expect(Moment(text) == Timestamp(moment).map { .time($0) })
    }

    @Test(
        "digits alone are a position", arguments: [("0", 0), ("42", 42), ("20260331", 20_260_331)] as [(String, Int64)])
    func positions(text: String, position: Int64) {
        #expect(Moment(text) == .position(position))
    }

    @Test(
        "what names no moment, or one that would have to be guessed, is none",
        arguments: [
            "", " ", "-1", "+5", "yesterday", "infinity", "-infinity", "2026-02-29", "2026-13-01", "2026-3-1",
            "31.03.2026",
            "2026-03-31 24:00", "2026-03-31 18:00:60", "2026-03-31 18", "2026-03-31 18:00 CET",
            "2026-03-29 02:30 Europe/Berlin", "2026-03-31T18:00:05.1234567", "2026-03-31 18:00+2", "٤٢",
            "9999999999999999999", "2026-03-31 18:00\n", "2026-03-31\t18:00",
        ])
    func nonsense(text: String) {
        #expect(Moment(text) == nil)
    }
}
