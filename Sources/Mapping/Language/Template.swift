/// A text with names of columns between braces: `{first name} {last name}`; outside of a name `{{` and `}}` are braces.
struct Template {
    /// The texts before, between and behind the columns: one more than these.
    private(set) var pieces: [[UInt8]] = []
    /// The columns in their order, with the places of their names in the expression.
    private(set) var columns: [(name: String, span: Span)] = []

    /// `start` is the place of the text's first scalar in the expression; places behind an escape are a little before
    /// the true ones.
    init(_ text: String, at start: Int) throws(ExpressionError) {
        let scalars = Array(text.unicodeScalars)
        var piece = String.UnicodeScalarView()
        var opened: Int?
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let place = start + index
            index += 1
            guard scalar == "{" || scalar == "}" else {
                piece.append(scalar)
                continue
            }
            if let begin = opened {
                guard scalar == "}" else { throw Self.error(at: begin, "'{' is not closed") }
                if piece.isEmpty { throw Self.error(at: begin, "there is no name between the braces") }
                columns.append((String(piece), Span(start: begin + 1, end: place)))
                opened = nil
            } else if index < scalars.count, scalars[index] == scalar {
                piece.append(scalar)
                index += 1
                continue
            } else {
                guard scalar == "{" else { throw Self.error(at: place, "'}' stands alone") }
                pieces.append(Array(String(piece).utf8))
                opened = place
            }
            piece = .init()
        }
        if let opened { throw Self.error(at: opened, "'{' is not closed") }
        pieces.append(Array(String(piece).utf8))
    }

    private static func error(at place: Int, _ message: String) -> ExpressionError {
        ExpressionError(
            span: Span(start: place, end: place + 1), message: message,
            advice: "write {name} for a column, {{ and }} for braces", code: .wrongArguments)
    }
}
