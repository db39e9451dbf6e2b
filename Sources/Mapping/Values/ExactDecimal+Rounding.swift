/// Which number is taken where digits go.
enum Rounding: String, CaseIterable {
    /// The nearest; from the middle away from zero.
    case halfUp = "half_up"
    /// The nearest; from the middle to the even digit.
    case halfEven = "half_even"
    /// Away from zero.
    case up
    /// Towards zero.
    case down
    case ceiling, floor
}

extension ExactDecimal {
    /// The number with at most `digits` (-37 to 38) behind the point; negative ones count zeros before it. `nil` where it
    /// would have more than 38 digits.
    func rounded(to digits: Int, _ mode: Rounding) -> ExactDecimal? {
        let dropped = Int(scale) - digits
        if dropped <= 0 { return self }
        // Of more than 38 digits that go, none is left, and what goes is less than half.
        let power = Self.powersOfTen[min(dropped, 38)]
        let (quotient, remainder) = dropped > 38 ? (0, mantissa) : mantissa.quotientAndRemainder(dividingBy: power)
        let isPastMiddle = dropped <= 38 && remainder.magnitude > power.magnitude - remainder.magnitude
        let isMiddle = dropped <= 38 && remainder.magnitude == power.magnitude - remainder.magnitude
        let goesAway =
            switch mode {
            case .halfUp: isPastMiddle || isMiddle
            case .halfEven: isPastMiddle || isMiddle && quotient % 2 != 0
            case .up: remainder != 0
            case .down: false
            case .ceiling: remainder > 0
            case .floor: remainder < 0
            }
        let rounded = goesAway ? quotient + (mantissa < 0 ? -1 : 1) : quotient
        if digits >= 0 { return ExactDecimal(rounded, scale: UInt8(digits)) }
        let (product, overflow) = rounded.multipliedReportingOverflow(by: Self.powersOfTen[-digits])
        return overflow || product.magnitude >= Self.mantissaLimit.magnitude ? nil : ExactDecimal(product)
    }

    /// A hundred times the number, without digits that it did not have; `nil` where it would have more than 38.
    var inPercent: ExactDecimal? {
        if scale >= 2 { return ExactDecimal(mantissa, scale: scale - 2) }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: scale == 0 ? 100 : 10)
        return overflow || product.magnitude >= Self.mantissaLimit.magnitude ? nil : ExactDecimal(product)
    }
}
