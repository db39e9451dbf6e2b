import ArgumentParser
import AuditLog
import Processing

/// `atlas2 settings`
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Show and change the settings of a tenant.",
        discussion: """
            Examples:
              atlas2 settings list
              atlas2 settings set max_file_size 209715200
              atlas2 history setting max_file_size
            """,
        subcommands: [List.self, Get.self, Set.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the settings.")

        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let settings = try await Settings.load(installation.app, as: scope)
                var table = Table("Setting", "Value", "What it is")
                for setting in Setting.all {
                    let value = settings[setting.key] ?? setting.standard
                    if format.json {
                        try Output.line(setting.json(value))
                    } else {
                        table.add(setting.key, value.description, setting.description)
                    }
                }
                if !format.json { try table.print() }
            }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a setting's value.")

        @Argument(help: "Name of the setting.")
        var key: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let setting = try Setting.named(key)
                let scope = try await acting.scope(installation)
                let value = try await Settings.load(installation.app, as: scope)[key] ?? setting.standard
                if format.json { try Output.line(setting.json(value)) } else { try Output.line(value.description) }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Change a setting.")

        @Argument(help: "Name of the setting.")
        var key: String
        @Argument(help: "A whole number, or words with commas between.")
        var value: String
        @OptionGroup var acting: Acting
        @OptionGroup var format: OutputFormat

        func run() async throws {
            try await Installation.use { installation in
                let scope = try await acting.scope(installation)
                let setting = try Setting.named(key)
                let (new, isNew) = try await Settings.set(
                    key, to: value, in: installation.log, as: Command(scope: scope))
                try await installation.catchUp(as: scope)
                if format.json {
                    try Output.line(setting.json(new))
                } else {
                    try Output.line("\(key) is \(isNew ? "now" : "already") \(new)")
                }
            }
        }
    }
}

extension Setting {
    fileprivate func json(_ value: SettingValue) -> JSONValue {
        let json: JSONValue =
            switch value {
            case .integer(let number): .integer(number)
            case .list(let words): .strings(words)
            }
        return .object([("key", .string(key)), ("value", json), ("description", .string(description))])
    }
}
