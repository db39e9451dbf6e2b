import Processing

extension FirstAdmin {
    /// The operating-system user, where nobody else was named.
    init() {
        self.init(email: "\(Login.user)@localhost", name: Login.user)
    }
}
