extension String {
    /// Whether both are the same bytes, as names of columns and fields are compared: `é` as one character and as two are
    /// the same text for `==`, and two names.
    package func isSpelled(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
