import Glibc

/// Why an embedded cluster cannot be used: what is wrong, where, and what to do about it.
package struct ClusterError: Error, Sendable {
    /// What kind of failure it is; new codes may come.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        /// No PostgreSQL server programs were found: install them or extend the search.
        package static let postgresMissing = Code(description: "postgres_missing")
        /// What was found is older than PostgreSQL 15: install a later one.
        package static let postgresTooOld = Code(description: "postgres_too_old")
        /// The data was made by a major version that is not installed: install it or upgrade the data.
        package static let versionMismatch = Code(description: "version_mismatch")
        /// Running as root without an ordinary user to run the server as.
        package static let accountMissing = Code(description: "account_missing")
        /// The home folder or something in it cannot be used: owner, permissions, space.
        package static let homeUnusable = Code(description: "home_unusable")
        /// The data folder is missing, somebody else's, or damaged.
        package static let dataUnusable = Code(description: "data_unusable")
        /// The folder for the socket is not safe to use.
        package static let socketFolderRefused = Code(description: "socket_folder_refused")
        /// A program could not be run or a new cluster could not be made; the log's tail says why.
        package static let creationFailed = Code(description: "creation_failed")
        /// The server did not start; the log's tail says why.
        package static let startFailed = Code(description: "start_failed")
        /// The server did not stop in time.
        package static let stopFailed = Code(description: "stop_failed")
        /// Another process held a lock for too long.
        package static let busy = Code(description: "busy")
    }

    package let code: Code

    /// One or two sentences: what, where, what to do.
    package let message: String

    /// The last lines of the server's log, oldest first; empty where they would not help.
    package let logTail: [String]

    init(_ code: Code, _ message: String, logTail: [String] = []) {
        self.code = code
        self.message = message
        self.logTail = logTail
    }

    /// A failed system call; `action` reads on from "cannot", and the advice follows from the error number.
    static func system(_ code: Code, cannot action: String, _ number: Int32 = errno) -> ClusterError {
        let advice =
            switch number {
            case ENOSPC, EDQUOT: "; free some space and try again"
            case EACCES, EPERM: "; run as its owner, or choose another home folder with ATLAS2_HOME"
            case EROFS: "; choose a home folder that can be written with ATLAS2_HOME"
            case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
            default: ""
            }
        return ClusterError(code, "cannot \(action): \(String(cString: strerror(number)))\(advice)")
    }
}

extension ClusterError: CustomStringConvertible {
    package var description: String {
        logTail.isEmpty ? message : "\(message)\nThe server's log ends:\n  " + logTail.joined(separator: "\n  ")
    }
}
