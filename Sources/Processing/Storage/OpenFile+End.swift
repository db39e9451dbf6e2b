package import CSV

extension OpenFile {
    /// The last bytes of the file, as many as detection looks at.
    ///
    /// - Parameter size: the bytes that the file has.
    package func end(of size: Int64) throws(FileError) -> FileEnd {
        let offset = max(0, size - Int64(FileEnd.size))
        return FileEnd(try bytes(from: offset, count: Int(size - offset)), offset: Int(offset))
    }
}
