/// A decimal number held exactly: `mantissa` · 10^-`scale`.
///
/// Holds up to 38 digits and a scale of 0 to 38; what does not fit is reported (`nil`), never rounded. The scale is kept
/// as it was written (`1.50` stays `1.50`), and two numbers are equal when their values are (`1.5 == 1.50`).
package struct ExactDecimal: Sendable {
    package var mantissa: Int128
    package var scale: UInt8

    package init(_ mantissa: Int128, scale: UInt8 = 0) {
        self.mantissa = mantissa
        self.scale = scale
    }

    package static let largestScale: UInt8 = 38
    /// One more than the largest mantissa: 10^38.
    static let mantissaLimit: Int128 = powersOfTen[38]

    static let powersOfTen: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// The number when it is whole, else `nil`.
    package var integer: Int128? {
        if scale == 0 { return mantissa }
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: Self.powersOfTen[Int(scale)])
        return remainder == 0 ? quotient : nil
    }

    /// The same value without trailing zeros behind the point.
    package var normalized: ExactDecimal {
        var result = self
        while result.scale > 0 {
            let (quotient, remainder) = result.mantissa.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { break }
            result.mantissa = quotient
            result.scale -= 1
        }
        return result
    }

    /// The same value with a larger scale, or `nil` when it would have more than 38 digits.
    func rescaled(to target: UInt8) -> ExactDecimal? {
        if target == scale { return self }
        guard target > scale, target <= Self.largestScale else { return nil }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.powersOfTen[Int(target - scale)])
        return overflow ? nil : Self.checked(product, target)
    }

    private static func checked(_ mantissa: Int128, _ scale: UInt8) -> ExactDecimal? {
        mantissa < mantissaLimit && mantissa > -mantissaLimit ? ExactDecimal(mantissa, scale: scale) : nil
    }
}

// MARK: - Arithmetic

extension ExactDecimal {
    func adding(_ other: ExactDecimal) -> ExactDecimal? {
        let target = max(scale, other.scale)
        guard let left = rescaled(to: target), let right = other.rescaled(to: target) else { return nil }
        let (sum, overflow) = left.mantissa.addingReportingOverflow(right.mantissa)
        return overflow ? nil : Self.checked(sum, target)
    }

    func subtracting(_ other: ExactDecimal) -> ExactDecimal? {
        adding(ExactDecimal(-other.mantissa, scale: other.scale))
    }

    func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (left, right) = (normalized, other.normalized)
        guard left.scale + right.scale <= Self.largestScale else { return nil }
        let (product, overflow) = left.mantissa.multipliedReportingOverflow(by: right.mantissa)
        return overflow ? nil : Self.checked(product, left.scale + right.scale)
    }

    /// Digits behind the point that a quotient carries at most.
    static let quotientScale = 18

    /// The quotient to 18 digits behind the point (fewer where more do not fit), half rounded away from zero, without
    /// trailing zeros; `nil` for a zero divisor or a result of more than 38 digits.
    func divided(by other: ExactDecimal) -> ExactDecimal? {
        guard other.mantissa != 0 else { return nil }
        let (left, right) = (normalized, other.normalized)
        // left.m · 10^-ls / (right.m · 10^-rs) = (left.m · 10^shift / right.m) · 10^-(shift + ls - rs)
        var shift = max(0, Self.quotientScale - Int(left.scale) + Int(right.scale))
        while shift >= 0 {
            let resultScale = shift + Int(left.scale) - Int(right.scale)
            if resultScale < 0 { return nil }
            if shift <= 38, resultScale <= 38 {
                let (scaled, overflow) = left.mantissa.multipliedReportingOverflow(by: Self.powersOfTen[shift])
                if !overflow {
                    let rounded = Self.roundedQuotient(scaled, right.mantissa)
                    if let result = Self.checked(rounded, UInt8(resultScale)) { return result.normalized }
                }
            }
            shift -= 1
        }
        return nil
    }

    private static func roundedQuotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        guard remainder.magnitude >= divisor.magnitude - remainder.magnitude else { return quotient }
        return quotient + ((dividend < 0) == (divisor < 0) ? 1 : -1)
    }
}

// MARK: - Multiples

extension ExactDecimal {
    /// Whether the number is a whole number of times another, which is not 0; exact for all digits and scales.
    func isMultiple(of step: ExactDecimal) -> Bool {
        let (own, step) = (normalized, step.normalized)
        if own.scale > step.scale {
            let power = Self.powersOfTen[Int(own.scale - step.scale)]
            let (scaled, overflow) = step.mantissa.multipliedReportingOverflow(by: power)
            // What overflows is larger than any mantissa.
            return overflow ? own.mantissa == 0 : own.mantissa % scaled == 0
        }
        // step divides own · 10^n where what is left of it without its share of 10^n divides own.
        var divisor = step.mantissa
        for _ in 0..<(step.scale - own.scale) {
            if divisor % 2 == 0 { divisor /= 2 }
            if divisor % 5 == 0 { divisor /= 5 }
        }
        return own.mantissa % divisor == 0
    }
}

// MARK: - Comparison

extension ExactDecimal: Comparable {
    package static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.compared(to: right) == 0
    }

    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        left.compared(to: right) < 0
    }

    /// -1, 0 or 1.
    func compared(to other: ExactDecimal) -> Int {
        if scale == other.scale { return Self.order(mantissa, other.mantissa) }
        if scale < other.scale { return -other.compared(to: self) }
        let power = Self.powersOfTen[Int(scale - other.scale)]
        let (scaled, overflow) = other.mantissa.multipliedReportingOverflow(by: power)
        // What overflows is farther from zero than any mantissa here.
        return overflow ? (other.mantissa < 0 ? 1 : -1) : Self.order(mantissa, scaled)
    }

    private static func order(_ left: Int128, _ right: Int128) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }
}
