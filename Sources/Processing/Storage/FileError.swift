import Glibc

/// Why a file cannot be used: what is wrong, where, and what to do about it.
package struct FileError: Error, Sendable {
    /// What kind of failure it is; new codes may come.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// Nothing has this path: correct the path.
        package static let notFound = Code(description: "file_not_found")
        /// A folder, device, pipe or socket: name a regular file.
        package static let notAFile = Code(description: "not_a_file")
        /// It cannot be opened or read: permissions, a damaged disk. The message carries the system's reason.
        package static let unreadable = Code(description: "file_unreadable")
        /// It has no bytes.
        package static let empty = Code(description: "file_empty")
        /// It is larger than the setting `max_file_size` allows.
        package static let tooLarge = Code(description: "file_too_large")
        /// It grew or shrank while it was read: try again when nothing writes to it.
        package static let changed = Code(description: "file_changed")
        /// Temporary files cannot be made in the folder, or not be read back.
        package static let temporaryFolderUnusable = Code(description: "temporary_folder_unusable")
        /// No space is left for a temporary file.
        package static let diskFull = Code(description: "disk_full")
    }

    package let code: Code
    package let path: String
    /// One or two sentences: what, where, what to do.
    package let message: String

    init(_ code: Code, path: String, _ message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// A file that could not be opened or read.
    static func unreadable(_ path: String, cannot action: String, _ number: Int32) -> FileError {
        let code: Code = number == ENOENT || number == ENOTDIR ? .notFound : .unreadable
        let advice =
            switch number {
            case ENOENT, ENOTDIR: "check the path"
            case EACCES, EPERM: "run as a user who may read it, or change its permissions"
            case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
            case EIO: "check the disk"
            default: "check the path and the file"
            }
        return FileError(code, path: path, "cannot \(action) \(path): \(reason(number)); \(advice)")
    }

    /// A temporary file that could not be made, written or read back.
    static func temporary(_ folder: String, cannot action: String, _ number: Int32) -> FileError {
        switch number {
        case ENOSPC, EDQUOT, EFBIG:
            FileError(
                .diskFull, path: folder,
                "cannot \(action) in \(folder): \(reason(number)); free some space there and try again")
        default:
            FileError(
                .temporaryFolderUnusable, path: folder,
                "cannot \(action) in \(folder): \(reason(number)); it must be a folder that can be written")
        }
    }

    private static func reason(_ number: Int32) -> String {
        String(cString: strerror(number))
    }
}

extension FileError: CustomStringConvertible {
    package var description: String { message }
}
