/// A user was added, active.
package struct UserCreated: Event {
    package struct Payload: Codable, Sendable {
        package var role: String
    }
    package struct Personal: Codable, Sendable {
        /// In lower case; unique in the tenant.
        package var email: String
        package var name: String?
    }
    package static let type = "user.created"
    package var payload: Payload
    package var personal: Personal?

    package init(email: String, name: String?, role: String) {
        payload = Payload(role: role)
        personal = Personal(email: email, name: name)
    }
}

/// A user has another name.
package struct UserRenamed: Event {
    package struct Personal: Codable, Sendable {
        package var name: String
    }
    package typealias Payload = Nothing
    package static let type = "user.renamed"
    package var personal: Personal?

    package init(name: String) {
        personal = Personal(name: name)
    }
}

/// A user's role changed.
package struct UserRoleChanged: Event {
    package static let type = "user.role_changed"
    package var payload: UserCreated.Payload

    package init(role: String) {
        payload = UserCreated.Payload(role: role)
    }
}

/// A user may no longer act.
package struct UserDeactivated: Event {
    package typealias Payload = Nothing
    package static let type = "user.deactivated"
    package init() {}
}

/// A user may act again.
package struct UserReactivated: Event {
    package typealias Payload = Nothing
    package static let type = "user.reactivated"
    package init() {}
}
