import Testing

@testable import Mapping

@Suite("Functions on dates and times")
struct DateTimeFunctionTests {
    /// The JSON that an expression gives for the column `a`, the codes of its failures, or the code of its mistake.
    private func result(_ expression: String, _ a: String, _ b: String = "") -> String {
        do {
            return try value(of: expression, a, b)
        } catch {
            return (error as? MappingError)?.diagnostics.first?.code.rawValue ?? "\(error)"
        }
    }

    @Test(
        "parse_datetime reads a time with its zone, or in the zone that is named",
        arguments: [
            ("", "2024-02-29T12:30:00Z", "\"2024-02-29T12:30:00Z\""),
            ("", " 2024-02-29T12:30:00.120-05:30 ", "\"2024-02-29T12:30:00.120-05:30\""),
            ("", "2024-02-29T12:30:00-00:00", "\"2024-02-29T12:30:00-00:00\""),
            ("", "2024-02-29 12:30:00Z", "not_a_datetime"), ("", "2024-02-29T12:30:00", "not_a_datetime"),
            ("", "2024-02-29T12:30:00.0000000001Z", "not_a_datetime"), ("", "", "null"), ("", " \u{A0}", "null"),
            ("", "٢٠٢٤-٠٢-٢٩T12:30:00Z", "not_a_datetime"),
            ("\"Europe/Rome\"", "2024-02-29T12:30:00", "\"2024-02-29T12:30:00+01:00\""),
            ("\"Europe/Rome\"", "2024-07-29T12:30:00.5", "\"2024-07-29T12:30:00.5+02:00\""),
            ("\"Europe/Rome\"", "2024-02-29T12:30:00+05:00", "\"2024-02-29T12:30:00+05:00\""),
            ("\"dd/MM/yyyy HH:mm\", \"Europe/Rome\"", "29/02/2024 12:30", "\"2024-02-29T12:30:00+01:00\""),
            ("\"dd/MM/yyyy HH:mm\", \"Europe/Rome\"", "29/02/2023 12:30", "no_such_date"),
            ("\"dd/MM/yyyy HH:mm\", \"Europe/Rome\"", "28/02/2023 24:00", "no_such_time"),
            ("\"dd/MM/yyyy HH:mm\", \"Europe/Rome\"", "28/02/2023 23:60", "no_such_time"),
            ("\"dd/MM/yyyy HH:mm\", \"Europe/Rome\"", "28/02/2023", "not_a_datetime"),
            ("\"dd/MM/yyyy HH:mm\", \"dd/MM/yyyy\", \"Z\"", "28/02/2023", "\"2023-02-28T00:00:00Z\""),
            ("\"dd/MM/yyyy HH:mm\", \"-03:30\"", "28/02/2023 01:02", "\"2023-02-28T01:02:00-03:30\""),
            ("\"yyyy-MM-dd HH:mm:ss X\"", "2024-02-29 23:59:59 +0130", "\"2024-02-29T23:59:59+01:30\""),
            ("\"yyyy-MM-dd HH:mm:ss X\"", "2024-02-29 23:59:59 -01", "\"2024-02-29T23:59:59-01:00\""),
            ("\"yyyy-MM-dd HH:mm:ssX\"", "2024-02-29 23:59:59Z", "\"2024-02-29T23:59:59Z\""),
            ("\"yyyy-MM-dd HH:mm:ssX\"", "2024-02-29 23:59:60Z", "no_such_time"),
            ("\"yyyy-MM-dd HH:mm:ssX\"", "2024-02-29 23:59:59+24:00", "no_such_time"),
            ("\"yyyy-MM-dd HH:mm:ss.SSSX\"", "2024-02-29 23:59:59.070Z", "\"2024-02-29T23:59:59.070Z\""),
            ("\"M/d/yy h:mm a\", \"UTC\"", "2/9/24 12:05 AM", "\"2024-02-09T00:05:00Z\""),
            ("\"M/d/yy h:mm a\", \"UTC\"", "2/9/24 12:05 pm", "\"2024-02-09T12:05:00Z\""),
            ("\"M/d/yy h:mm a\", \"UTC\"", "2/9/24 11:05 PM", "\"2024-02-09T23:05:00Z\""),
            ("\"M/d/yy h:mm a\", \"UTC\"", "2/9/24 13:05 PM", "no_such_time"),
            (
                "\"EEE MMM d HH:mm:ss yyyy\", \"America/New_York\"", "Thu Feb 29 12:00:00 2024",
                "\"2024-02-29T12:00:00-05:00\""
            ),
            (
                "\"d. MMMM yyyy 'um' H 'Uhr'\", \"Europe/Berlin\"", "1. May 2024 um 7 Uhr",
                "\"2024-05-01T07:00:00+02:00\""
            ),
            ("\"yyyy-MM-dd'é'HH\", \"Z\"", "2024-05-01é07", "\"2024-05-01T07:00:00Z\""),
            ("\"yyyy-MM-dd HH:mm\", \"+23:59\"", "0001-01-01 00:00", "\"0001-01-01T00:00:00+23:59\""),
            ("\"yyyy-MM-dd HH:mm\", \"-23:59\"", "9999-12-31 23:59", "\"9999-12-31T23:59:00-23:59\""),
            ("\"yyyy-MM-dd HH:mm\", \"Z\"", "0000-12-31 23:59", "no_such_date"),
            ("\"yyyy-MM-dd HH:mm\", \"Europe/Berlin\"", "0001-01-01 00:00", "\"0001-01-01T00:00:00+00:53\""),
        ])
    func parseDatetime(arguments: String, cell: String, expected: String) {
        #expect(result("$a | parse_datetime(\(arguments))", cell) == expected)
    }

    @Test(
        "where clocks are set back the first of the two times is taken, where they are put forward there is none",
        arguments: [
            ("Europe/Rome", "2024-03-31 01:59", "\"2024-03-31T01:59:00+01:00\""),
            ("Europe/Rome", "2024-03-31 02:00", "no_such_time"), ("Europe/Rome", "2024-03-31 02:59", "no_such_time"),
            ("Europe/Rome", "2024-03-31 03:00", "\"2024-03-31T03:00:00+02:00\""),
            ("Europe/Rome", "2024-10-27 01:59", "\"2024-10-27T01:59:00+02:00\""),
            ("Europe/Rome", "2024-10-27 02:00", "\"2024-10-27T02:00:00+02:00\""),
            ("Europe/Rome", "2024-10-27 02:59", "\"2024-10-27T02:59:00+02:00\""),
            ("Europe/Rome", "2024-10-27 03:00", "\"2024-10-27T03:00:00+01:00\""),
            ("America/New_York", "2024-03-10 02:30", "no_such_time"),
            ("America/New_York", "2024-11-03 01:30", "\"2024-11-03T01:30:00-04:00\""),
            // Half an hour, the southern summer, a change at midnight, and a day that was left out.
            ("Australia/Lord_Howe", "2024-10-06 02:15", "no_such_time"),
            ("Australia/Lord_Howe", "2024-04-07 01:45", "\"2024-04-07T01:45:00+11:00\""),
            ("Australia/Sydney", "2024-01-01 00:00", "\"2024-01-01T00:00:00+11:00\""),
            ("America/Santiago", "2024-09-08 00:00", "no_such_time"),
            ("Pacific/Apia", "2011-12-30 12:00", "no_such_time"),
            ("Pacific/Apia", "2011-12-31 00:00", "\"2011-12-31T00:00:00+14:00\""),
            // The rule goes on for ever.
            ("Europe/Rome", "2500-07-01 12:00", "\"2500-07-01T12:00:00+02:00\""),
            ("Europe/Rome", "9999-01-01 12:00", "\"9999-01-01T12:00:00+01:00\""),
            ("Europe/Rome", "9996-03-31 02:30", "no_such_time"),
            ("Asia/Kathmandu", "2024-01-01 12:00", "\"2024-01-01T12:00:00+05:45\""),
        ])
    func clockChanges(zone: String, cell: String, expected: String) {
        #expect(result("$a | parse_datetime(\"yyyy-MM-dd HH:mm\", \"\(zone)\")", cell) == expected)
    }

    @Test(
        "to_zone keeps the instant and changes the offset",
        arguments: [
            ("Europe/Rome", "2024-03-31T00:59:59Z", "\"2024-03-31T01:59:59+01:00\""),
            ("Europe/Rome", "2024-03-31T01:00:00.5Z", "\"2024-03-31T03:00:00.5+02:00\""),
            ("Europe/Rome", "2024-10-27T00:59:59Z", "\"2024-10-27T02:59:59+02:00\""),
            ("Europe/Rome", "2024-10-27T01:00:00Z", "\"2024-10-27T02:00:00+01:00\""),
            ("Z", "2024-02-29T01:30:00+02:00", "\"2024-02-28T23:30:00Z\""),
            ("Etc/UTC", "2024-02-29T01:30:00+02:00", "\"2024-02-28T23:30:00Z\""),
            ("Europe/London", "2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00+00:00\""),
            ("-09:30", "2024-03-01T00:00:00Z", "\"2024-02-29T14:30:00-09:30\""),
            ("Asia/Calcutta", "2024-03-01T00:00:00Z", "\"2024-03-01T05:30:00+05:30\""),
            ("Asia/Kolkata", "1941-10-01T00:00:00Z", "\"1941-10-01T06:30:00+06:30\""),
            ("Europe/Dublin", "1970-01-01T00:00:00Z", "\"1970-01-01T01:00:00+01:00\""),
            ("Africa/Casablanca", "2025-03-10T12:00:00Z", "\"2025-03-10T12:00:00+00:00\""),
            ("Africa/Casablanca", "2025-05-10T12:00:00Z", "\"2025-05-10T13:00:00+01:00\""),
            ("America/New_York", "1800-01-01T00:00:00Z", "\"1799-12-31T19:04:00-04:56\""),
            ("Pacific/Kiritimati", "9999-12-31T23:59:59Z", "date_out_of_range"),
            ("-12:00", "0001-01-01T00:00:00Z", "date_out_of_range"),
            ("Europe/Rome", "", "null"), ("Europe/Rome", "2024-03-31", "not_a_datetime"),
            ("Europe/Rome", "x", "not_a_datetime"),
        ])
    func toZone(zone: String, cell: String, expected: String) {
        #expect(result("$a | to_zone(\"\(zone)\")", cell) == expected)
    }

    @Test(
        "format_date writes the letters that formats have",
        arguments: [
            ("parse_date", "dd/MM/yyyy", "2024-02-09", "09/02/2024"), ("parse_date", "d.M.yy", "2004-02-09", "9.2.04"),
            ("parse_date", "EEEE, d MMMM y", "2024-02-29", "Thursday, 29 February 2024"),
            ("parse_date", "EEE d MMM", "0001-01-01", "Mon 1 Jan"), ("parse_date", "yyyy", "0009-01-01", "0009"),
            ("parse_date", "y", "0009-01-01", "9"), ("parse_date", "EEE", "9999-12-31", "Fri"),
            ("parse_date", "MM MM", "2024-02-09", "02 02"),
            ("parse_date", "'é' yyyy''  'Jahr'", "2024-02-09", "é 2024'  Jahr"),
            ("parse_datetime", "HH:mm:ss.SSS", "2024-02-09T01:02:03.9876Z", "01:02:03.987"),
            ("parse_datetime", "h:m a", "2024-02-09T00:05:03Z", "12:5 AM"),
            ("parse_datetime", "hh:mm a", "2024-02-09T12:05:03Z", "12:05 PM"),
            ("parse_datetime", "X XX XXX x xx xxx Z", "2024-02-09T12:05:03Z", "Z Z Z +00 +0000 +00:00 +0000"),
            ("parse_datetime", "X XX XXX", "2024-02-09T12:05:03-03:00", "-03 -0300 -03:00"),
            ("parse_datetime", "x", "2024-02-09T12:05:03+05:30", "+0530"),
            ("parse_datetime", "yyyy-MM-dd", "2024-02-29T23:30:00-05:00", "2024-02-29"),
            ("parse_datetime", "SSSSSSSSS", "2024-02-29T23:30:00.000000001-05:00", "000000001"),
        ])
    func formatDate(reading: String, format: String, cell: String, expected: String) {
        #expect(result("$a | \(reading) | format_date(\"\(format)\")", cell) == "\"\(expected)\"")
        #expect(result("$a | \(reading) | format_date(\"\(format)\")", "") == "null")
    }

    @Test("what format_date writes parse_date and parse_datetime read back")
    func roundTrip() throws {
        let formats = ["dd/MM/yyyy", "d.M.y", "d MMM yyyy", "EEEE, MMMM d, yyyy", "yyyyMMdd"]
        for day in stride(from: -719_162, through: 2_932_896, by: 9_973) {
            let date = try #require(CalendarDate(dayNumber: day))
            #expect(date.dayNumber == day)
            for format in formats {
                let expression = "$a | parse_date | format_date(\"\(format)\") | parse_date(\"\(format)\")"
                if day % 10 == 0 { #expect(result(expression, date.description) == "\"\(date)\"") }
            }
        }
        let full = "EEE dd MMM yyyy hh:mm:ss.SSSSSSSSS a XXX"
        #expect(
            result(
                "$a | parse_datetime | format_date(\"\(full)\") | parse_datetime(\"\(full)\")",
                "2024-02-29T12:34:56.123456789-03:30") == "\"2024-02-29T12:34:56.123456789-03:30\"")
    }

    @Test(
        "add moves by the calendar and the clock",
        arguments: [
            ("parse_date", "P1M", "2024-01-31", "\"2024-02-29\""),
            ("parse_date", "P1M", "2023-01-31", "\"2023-02-28\""),
            ("parse_date", "P1Y", "2024-02-29", "\"2025-02-28\""),
            ("parse_date", "-P1Y", "2024-02-29", "\"2023-02-28\""),
            ("parse_date", "P4Y", "2024-02-29", "\"2028-02-29\""),
            ("parse_date", "P30D", "2024-02-01", "\"2024-03-02\""),
            ("parse_date", "-P2W", "2024-01-10", "\"2023-12-27\""),
            ("parse_date", "P1M1D", "2024-01-31", "\"2024-03-01\""),
            ("parse_date", "P13M", "2023-12-15", "\"2025-01-15\""),
            ("parse_date", "-P13M", "2024-01-15", "\"2022-12-15\""),
            ("parse_date", "P0D", "2024-01-15", "\"2024-01-15\""),
            ("parse_date", "P1D", "9999-12-31", "date_out_of_range"),
            ("parse_date", "-P1D", "0001-01-01", "date_out_of_range"),
            ("parse_date", "P999999999Y", "2024-01-01", "date_out_of_range"),
            ("parse_date", "-P999999999D", "2024-01-01", "date_out_of_range"),
            ("parse_date", "P1D", "", "null"), ("parse_date", "P1D", "x", "not_a_date"),
            ("parse_datetime", "P1M", "2024-01-31T23:00:00+02:00", "\"2024-02-29T23:00:00+02:00\""),
            ("parse_datetime", "PT1H30M", "2024-02-29T23:00:00-05:00", "\"2024-03-01T00:30:00-05:00\""),
            ("parse_datetime", "P1DT-1H", "2024-02-29T23:00:00Z", "wrong_arguments"),
            ("parse_datetime", "PT0.5S", "2024-02-29T23:59:59.500Z", "\"2024-03-01T00:00:00.000Z\""),
            ("parse_datetime", "-PT0,001S", "2024-02-29T00:00:00Z", "\"2024-02-28T23:59:59.999Z\""),
            ("parse_datetime", "PT1S", "9999-12-31T23:59:59Z", "date_out_of_range"),
        ])
    func add(reading: String, duration: String, cell: String, expected: String) {
        #expect(result("$a | \(reading) | add(\"\(duration)\")", cell) == expected)
    }

    @Test(
        "diff counts whole units, back as well as forward",
        arguments: [
            ("days", "2024-03-01", "2024-02-28", "2"), ("days", "2024-02-28", "2024-03-01", "-2"),
            ("days", "9999-12-31", "0001-01-01", "3652058"), ("weeks", "2024-03-01", "2024-02-17", "1"),
            ("weeks", "2024-02-17", "2024-03-01", "-1"), ("months", "2024-02-29", "2024-01-31", "0"),
            ("months", "2024-03-31", "2024-01-31", "2"), ("months", "2024-01-31", "2024-02-29", "0"),
            ("months", "2024-01-15", "2024-03-14", "-1"), ("months", "2024-01-15", "2024-03-15", "-2"),
            ("years", "2024-02-28", "2000-02-29", "23"), ("years", "2024-02-29", "2000-02-29", "24"),
            ("years", "1999-12-31", "2000-12-30", "0"), ("days", "", "2024-01-01", "null"),
            ("days", "2024-01-01", "", "null"), ("hours", "2024-01-01", "2024-01-01", "wrong_arguments"),
        ])
    func diffDates(unit: String, value: String, other: String, expected: String) {
        #expect(result("$a | parse_date | diff($b | parse_date, \"\(unit)\")", value, other) == expected)
    }

    @Test(
        "diff compares instants, whatever their offsets",
        arguments: [
            ("seconds", "2024-01-01T12:00:00+02:00", "2024-01-01T10:00:00Z", "0"),
            ("hours", "2024-01-01T12:00:00-05:00", "2024-01-01T10:00:00Z", "7"),
            ("minutes", "2024-01-01T00:00:00Z", "2024-01-01T00:00:59Z", "0"),
            ("seconds", "2024-01-01T00:00:01Z", "2024-01-01T00:00:00.000000001Z", "0"),
            ("seconds", "2024-01-01T00:00:00.5Z", "2024-01-01T00:00:02Z", "-1"),
            ("days", "2024-03-01T00:00:00Z", "2024-02-28T00:00:01Z", "1"),
            ("months", "2024-03-01T00:00:00Z", "2024-02-01T00:00:00.001Z", "0"),
            ("months", "2024-03-01T00:30:00+01:00", "2024-01-31T23:30:00Z", "1"),
            ("years", "2024-02-29T12:00:00Z", "2020-02-29T12:00:00Z", "4"),
            ("seconds", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "315537897599"),
            ("years", "0001-06-01T00:00:00-12:00", "0001-01-01T00:00:00Z", "0"),
        ])
    func diffDatetimes(unit: String, value: String, other: String, expected: String) {
        #expect(
            result("$a | parse_datetime | diff($b | parse_datetime, \"\(unit)\")", value, other) == expected)
    }

    @Test(
        "truncate gives the begin of the unit",
        arguments: [
            ("parse_date", "year", "2024-02-29", "2024-01-01"), ("parse_date", "quarter", "2024-12-31", "2024-10-01"),
            ("parse_date", "quarter", "2024-03-31", "2024-01-01"), ("parse_date", "month", "2024-02-29", "2024-02-01"),
            ("parse_date", "week", "2024-03-03", "2024-02-26"), ("parse_date", "week", "2024-02-26", "2024-02-26"),
            ("parse_date", "week", "0001-01-06", "0001-01-01"), ("parse_date", "day", "2024-02-29", "2024-02-29"),
            ("parse_datetime", "hour", "2024-02-29T12:34:56.7+05:45", "2024-02-29T12:00:00+05:45"),
            ("parse_datetime", "minute", "2024-02-29T12:34:56.7Z", "2024-02-29T12:34:00Z"),
            ("parse_datetime", "second", "2024-02-29T12:34:56.7Z", "2024-02-29T12:34:56Z"),
            ("parse_datetime", "day", "2024-02-29T12:34:56-00:00", "2024-02-29T00:00:00-00:00"),
            ("parse_datetime", "week", "1969-12-31T23:59:59.9+02:00", "1969-12-29T00:00:00+02:00"),
            ("parse_datetime", "year", "0001-02-29T00:00:00Z", "not_a_datetime"),
            ("parse_datetime", "year", "0001-02-28T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ])
    func truncate(reading: String, unit: String, cell: String, expected: String) {
        let found = result("$a | \(reading) | truncate(\"\(unit)\")", cell)
        #expect(found == expected || found == "\"\(expected)\"")
    }

    @Test(
        "from_excel_serial counts as spreadsheets do, with their 29 February 1900",
        arguments: [
            ("", "1", "\"1900-01-01\""), ("", "59", "\"1900-02-28\""), ("", "60", "no_such_date"),
            ("", "60.5", "no_such_date"), ("", "61", "\"1900-03-01\""), ("", " 45351 ", "\"2024-02-29\""),
            ("", "45351.999", "\"2024-02-29\""), ("", "0", "no_such_date"), ("", "0.5", "no_such_date"),
            ("", "-1", "no_such_date"), ("", "2958465", "\"9999-12-31\""), ("", "2958466", "no_such_date"),
            ("", "99999999999999999999999999999999999999", "no_such_date"), ("", "", "null"), ("", " ", "null"),
            ("", "29/02/2024", "not_a_decimal"), ("", "45351,5", "not_a_decimal"), ("", "４５３５１", "not_a_decimal"),
            ("", "1.0000000000000000000000000000000000001", "\"1900-01-01\""),
            ("\"Europe/Rome\"", "45351.5", "\"2024-02-29T12:00:00+01:00\""),
            ("\"Z\"", "45351.520833333336", "\"2024-02-29T12:30:00Z\""),
            ("\"Z\"", "45351.99999999999", "\"2024-03-01T00:00:00Z\""),
            ("\"Z\"", "45351.00000001158", "\"2024-02-29T00:00:00.001Z\""),
            ("\"Europe/Rome\"", "45382.1", "no_such_time"),
        ])
    func fromExcelSerial(arguments: String, cell: String, expected: String) {
        let call = arguments.isEmpty ? "from_excel_serial" : "from_excel_serial(\(arguments))"
        #expect(result("$a | \(call)", cell) == expected)
    }

    @Test(
        "from_unix reads the time since 1970 in its unit",
        arguments: [
            ("", "0", "\"1970-01-01T00:00:00Z\""), ("", "-1", "\"1969-12-31T23:59:59Z\""),
            ("", "1709209800", "\"2024-02-29T12:30:00Z\""), ("", "1709209800.250", "\"2024-02-29T12:30:00.25Z\""),
            ("", "-0.5", "\"1969-12-31T23:59:59.5Z\""), ("", "0.0000000019", "\"1970-01-01T00:00:00.000000001Z\""),
            ("\"milliseconds\"", "1709209800123", "\"2024-02-29T12:30:00.123Z\""),
            ("\"microseconds\"", "1709209800123400", "\"2024-02-29T12:30:00.1234Z\""),
            ("\"nanoseconds\"", "1709209800000000001", "\"2024-02-29T12:30:00.000000001Z\""),
            ("\"nanoseconds\"", "-1", "\"1969-12-31T23:59:59.999999999Z\""),
            ("", "253402300799", "\"9999-12-31T23:59:59Z\""), ("", "253402300800", "date_out_of_range"),
            ("", "-62135596800", "\"0001-01-01T00:00:00Z\""), ("", "-62135596801", "date_out_of_range"),
            ("", "99999999999999999999999999999999999999", "date_out_of_range"),
            ("", "0.00000000000000000000000000000000000001", "\"1970-01-01T00:00:00Z\""),
            ("", "", "null"), ("", "1,5", "not_a_decimal"), ("", "now", "not_a_decimal"), ("", "٣", "not_a_decimal"),
        ])
    func fromUnix(arguments: String, cell: String, expected: String) {
        let call = arguments.isEmpty ? "from_unix" : "from_unix(\(arguments))"
        #expect(result("$a | \(call)", cell) == expected)
    }

    @Test(
        "datetimes compare by their instants",
        arguments: [
            ("$a == $b", "2024-01-01T12:00:00+02:00", "2024-01-01T10:00:00Z", "true"),
            ("$a < $b", "2024-01-01T12:00:00+02:00", "2024-01-01T10:30:00Z", "true"),
            ("$a >= $b", "2024-01-01T10:00:00.10Z", "2024-01-01T10:00:00.1Z", "true"),
            ("$a > $b", "2024-01-01T10:00:00.000000001Z", "2024-01-01T10:00:00Z", "true"),
            ("$a < \"2024-01-01T00:00:00Z\"", "2023-12-31T23:00:00-02:00", "", "false"),
        ])
    func comparison(expression: String, a: String, b: String, expected: String) throws {
        let read = expression.replacing("$a", with: "($a | parse_datetime)").replacing(
            "$b", with: "($b | parse_datetime)")
        #expect(result(read, a, b) == expected)
    }

    @Test(
        "limits, allowed values and unique checks of a datetime field go by the instant",
        arguments: [
            ("min: 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "[\"2024-01-01T00:00:00Z\"]"),
            ("min: 2024-01-01T00:00:00Z", "2024-01-01T00:30:00+01:00", "f: min below_minimum"),
            ("max: 2024-01-01T00:00:00+01:00", "2023-12-31T23:00:00.0Z", "[\"2023-12-31T23:00:00.0Z\"]"),
            ("max: 2024-01-01T00:00:00+01:00", "2023-12-31T23:00:00.1Z", "f: max above_maximum"),
            ("enum: [2024-01-01T00:00:00Z]", "2024-01-01T01:00:00+01:00", "[\"2024-01-01T01:00:00+01:00\"]"),
            ("enum: [2024-01-01T00:00:00Z]", "2024-01-01T01:00:00Z", "f: enum not_in_enum"),
            ("required: true", "2024-02-29T24:00:00Z", "f: type not_a_datetime"),
            ("required: false", "2024-02-29T00:00:00.123456789+23:59", "[\"2024-02-29T00:00:00.123456789+23:59\"]"),
            ("required: false", "0001-01-01T00:00:00+14:00", "[\"0001-01-01T00:00:00+14:00\"]"),
            ("required: false", "9999-12-31T23:59:59-14:00", "[\"9999-12-31T23:59:59-14:00\"]"),
            ("required: false", "2024-02-29T00:00:00z", "f: type not_a_datetime"),
            ("required: false", "2024-02-29T00:00:00+24:00", "f: type not_a_datetime"),
            ("required: false", "2024-02-29T00:00:00.Z", "f: type not_a_datetime"),
            ("required: false", "2024-02-29T00:00:00Z ", "f: type not_a_datetime"),
        ])
    func fields(definition: String, cell: String, expected: String) throws {
        let sheet = try Sheet(
            "name: n\napi: {name: x, fields: [{name: f, type: datetime, \(definition)}]}\nmappings: {f: $a}",
            columns: ["a"])
        #expect(sheet.map([cell]) == expected)
    }

    @Test("equal instants are duplicates, whatever their offsets and digits")
    func uniqueKeys() throws {
        let sheet = try Sheet(
            "name: n\napi: x\nmappings: {f: $a | parse_datetime}\nchecks: [{unique: f}]", columns: ["a"])
        let evaluator = Evaluator(sheet.program)
        var keys: [[UInt8]] = []
        for cell in ["2024-01-01T12:00:00.10+02:00", "2024-01-01T10:00:00.1Z", "2024-01-01T10:00:00.2Z"] {
            var output: [UInt8] = []
            var key: [UInt8] = []
            #expect(evaluator.evaluate(.init([cell]), into: &output) == .accepted)
            #expect(evaluator.appendUniqueKey(of: 0, to: &key))
            keys.append(key)
        }
        #expect(keys[0] == keys[1])
        #expect(keys[1] != keys[2])
    }

    @Test(
        "a mistake in a call is named with its place and a suggestion",
        arguments: [
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\")", 20, "Europe/Rome"),
            ("$a | parse_datetime(\"dd/MM/yyyy hh:mm\", \"Z\")", 32, "dd/MM/yyyy HH:mm"),
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"Europe/Roma\")", 40, "did you mean Europe/Rome?"),
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"europe/rome\")", 40, "did you mean Europe/Rome?"),
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"Los Angeles\")", 40, "did you mean America/Los_Angeles?"),
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"CEST\")", 40, "Europe/Rome, or an offset such as +01:00"),
            ("$a | parse_datetime(\"DD/MM/YYYY\", \"Z\")", 21, "dd/MM/yyyy HH:mm"),
            ("$a | parse_datetime(\"dd/MM/yyyy HH:mm\", \"DD.MM.YYYY\")", 41, "dd/MM/yyyy HH:mm"),
            ("$a | to_zone(\"Rome\")", 13, "did you mean Europe/Rome?"),
            ("$a | to_zone(\"+1\")", 13, "+01:00"), ("$a | to_zone(\"\")", 13, "+01:00"),
            ("$a | parse_date | to_zone(\"Z\")", 5, "parse_datetime"),
            ("$a | format_date(\"yyyy\")", 0, "parse_date(\"dd/MM/yyyy\")"),
            ("$a | parse_date | format_date(\"yyyy HH\")", 36, "parse_datetime"),
            ("$a | parse_date | format_date(\"\")", 31, "dd/MM/yyyy"),
            ("$a | parse_date | format_date(\"jjjj\")", 31, "dd/MM/yyyy"),
            ("\"2024-02-30\" | format_date(\"yyyy\")", 0, "parse_date"),
            ("5 | add(\"P1D\")", 0, "parse_date"), ("$a | parse_date | add(\"1 day\")", 23, "P30D"),
            ("$a | parse_date | add(\"P\")", 24, "P30D"), ("$a | parse_date | add(\"P1D1M\")", 26, "P30D"),
            ("$a | parse_date | add(\"P1.5D\")", 27, "P30D"), ("$a | parse_date | add(\"PT1H\")", 22, "days"),
            ("$a | parse_date | add(\"P1DT\")", 27, "P30D"),
            ("$a | parse_date | add(\"P1000000000D\")", 24, "P30D"),
            ("$a | parse_date | diff(\"2024-01-01\", \"day\")", 37, "did you mean days?"),
            ("$a | parse_date | diff(\"2024-01-01T00:00:00Z\", \"days\")", 23, "parse_date"),
            ("$a | parse_date | truncate(\"months\")", 27, "did you mean month?"),
            ("$a | parse_date | truncate(\"hour\")", 27, "days"),
            ("$a | from_unix(\"ms\")", 15, "known are: seconds"),
            ("$a | from_excel_serial(\"Europe\")", 23, "Europe/Rome"),
            ("($a | parse_date) < ($a | parse_datetime)", 0, "convert"),
        ])
    func mistakes(expression: String, offset: Int, advice: String) {
        let found = Sheet.diagnostics("name: n\napi: x\nmappings: {t: '\(expression)'}", columns: ["a"])
        #expect(found.count == 1)
        #expect(found.first?.location.line == 3)
        #expect(found.first?.location.column == 16 + offset, "\(found)")
        #expect(found.first?.advice.contains(advice) == true, "\(found)")
    }

    @Test("a format that no date could need is a mistake, however it is made")
    func longFormats() {
        func codes(_ format: String) -> [String] {
            Sheet.problems("name: n\napi: x\nmappings: {t: \"parse_date($a, '\(format)')\"}")
        }
        #expect(codes("ddMMyyyy" + String(repeating: "é", count: 992)).isEmpty)
        #expect(codes("ddMMyyyy" + String(repeating: "é", count: 993)) == ["3:32 wrong_arguments"])
    }

    @Test("bytes that are not UTF-8 are no date, no time and no number")
    func invalidBytes() throws {
        let calls = [
            "parse_date(\"d M y\")", "parse_datetime", "parse_datetime(\"d MMM y h a X\")", "to_zone(\"Z\")",
            "from_excel_serial", "from_unix",
        ]
        let cells: [[UInt8]] = [
            [0xFF], [0x31, 0xC3], [0x31, 0xE2, 0x80, 0x31, 0x20, 0x31], [0xED, 0xA0, 0x80], [0x80],
        ]
        for call in calls {
            let sheet = try Sheet("name: n\napi: x\nmappings: {t: '$a | \(call)'}", columns: ["a"])
            for cell in cells { #expect(sheet.map([cell]).contains(" not_a_"), "\(call): \(cell)") }
        }
    }

    @Test("a constant that is no time is a mistake of a datetime field")
    func constants() {
        func problems(_ expression: String) -> [String] {
            Sheet.problems(
                "name: n\napi: {name: x, fields: [{name: f, type: datetime}]}\nmappings: {f: '\(expression)'}")
        }
        #expect(problems("\"2024-02-29T12:00:00Z\"").isEmpty)
        #expect(problems("\"2024-02-29\"") == ["3:16 type_mismatch"])
        #expect(problems("$a | parse_date") == ["3:21 type_mismatch"])
        #expect(
            Sheet.problems("name: n\napi: {name: x, fields: [{name: f, type: datetime, min: 2024}]}\nmappings: {f: $a}")
                == ["2:56 wrong_value"])
    }

    @Test("values whose type only the row tells are read, or fail")
    func unknownTypes() throws {
        let either = "(if $b == \"d\" then $a | parse_date else $a | parse_datetime)"
        #expect(result("\(either) | truncate(\"year\")", "2024-02-29", "d") == "\"2024-01-01\"")
        #expect(
            result("\(either) | truncate(\"year\")", "2024-02-29T00:00:00Z", "t")
                == "\"2024-01-01T00:00:00Z\"")
        #expect(result("\(either) | truncate(\"hour\")", "2024-02-29", "d") == "wrong_type")
        #expect(result("\(either) | add(\"PT1H\")", "2024-02-29", "d") == "wrong_type")
        #expect(result("\(either) | format_date(\"HH\")", "2024-02-29", "d") == "wrong_type")
        #expect(result("\(either) | diff(\"2024-02-28\", \"days\")", "2024-02-29T00:00:00Z", "t") == "wrong_type")
        let text = "(if $b == \"d\" then $a | parse_date else $a)"
        #expect(result("\(text) | add(\"P1D\")", "2024-02-29", "x") == "\"2024-03-01\"")
        #expect(result("\(text) | add(\"P1D\")", "29/02/2024", "x") == "not_a_datetime")
    }
}
