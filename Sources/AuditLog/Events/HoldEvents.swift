/// A legal hold was placed: what it holds cannot be erased until it is released.
package struct HoldPlaced: Event {
    package struct Payload: Codable, Sendable {
        /// The stream, as `job/<uuid>`; nil: the whole log.
        package var stream: String?
        /// The matter, as a code such as a file number.
        package var matter: String?
    }
    package struct Personal: Codable, Sendable {
        package var reason: String
    }
    package static let type = "hold.placed"
    package var payload: Payload
    package var personal: Personal?

    package init(stream: StreamID?, matter: String?, reason: String) {
        payload = Payload(stream: stream?.description, matter: matter)
        personal = Personal(reason: reason)
    }
}

/// A legal hold holds no more.
package struct HoldReleased: Event {
    package typealias Payload = Nothing
    package static let type = "hold.released"
    package var personal: HoldPlaced.Personal?

    /// - Parameter reason: why, in words.
    package init(reason: String?) {
        personal = reason.map(HoldPlaced.Personal.init)
    }
}
