/// An expression that was checked: every name is resolved, every argument fits, every conversion is spelled out.
struct TypedExpression: Sendable {
    indirect enum Kind: Sendable {
        /// A cell, by its index in the record.
        case column(Int)
        case constant(Constant)
        /// With formats of dates of which some read the same text as different days, if it has such.
        case call(Function, Function.Body, DateChoice?, operands: [TypedExpression])
        /// The operand in the canonical form of another type.
        case conversion(TypedExpression, to: ValueType)
        case fallback(TypedExpression, TypedExpression)
        case conditional(if: TypedExpression, then: TypedExpression, else: TypedExpression)
        /// `and` and `or`: the second operand is left out where the first decides.
        case shortCircuit(Function, Function.Body, deciding: Bool, TypedExpression, TypedExpression)
    }

    let kind: Kind
    let type: ValueType

    /// The first column that the expression reads, which is blamed for what goes wrong.
    var firstColumn: Int? {
        switch kind {
        case .column(let column): column
        case .constant: nil
        case .call(_, _, _, let operands): operands.lazy.compactMap(\.firstColumn).first
        case .conversion(let operand, _): operand.firstColumn
        case .fallback(let first, let second), .shortCircuit(_, _, _, let first, let second):
            first.firstColumn ?? second.firstColumn
        case .conditional(_, let yes, let no): yes.firstColumn ?? no.firstColumn
        }
    }
}
