/// The nested value that the targets of a mapping make together.
///
/// Each place in it is a value, a group of fields or a list, and a list's items are numbered from 0 without a gap.
struct TargetTree {
    private enum Kind: String {
        case value = "a value"
        case group = "a group of fields"
        case list = "a list"
    }

    private struct Place {
        let kind: Kind
        /// The first target that goes through it.
        let target: String
        /// The numbers of a list's items, each with the first target below it.
        var items: [Int: String] = [:]
    }

    /// A target that cannot stand where it does: what is wrong with it, and what to do.
    struct Conflict {
        let target: String
        let message: String
        let advice: String
    }

    /// By path, as bytes.
    private var places: [[UInt8]: Place] = [:]
    private(set) var conflicts: [Conflict] = []

    init(_ targets: [String]) {
        for target in targets { add(target) }
        for (path, place) in places.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let gap = (0..<place.items.count).first(where: { place.items[$0] == nil }),
                let next = place.items.filter({ $0.key > gap }).min(by: { $0.key < $1.key })
            else { continue }
            let list = String(decoding: path, as: UTF8.self)
            conflicts.append(
                Conflict(
                    target: next.value, message: "'\(next.value)' is there, but no '\(list)[\(gap)]'",
                    advice: "number the items of '\(list)' from [0] on, without a gap"))
        }
    }

    private mutating func add(_ target: String) {
        let steps = TargetPath.steps(of: target)
        var path = ""
        for (index, step) in steps.enumerated() {
            let list = Array(path.utf8)
            switch step {
            case .name(let name): path += (path.isEmpty ? "" : ".") + name
            case .item(let number):
                path += "[\(number)]"
                if places[list]?.items[number] == nil { places[list]?.items[number] = target }
            }
            let kind: Kind =
                switch index + 1 < steps.count ? steps[index + 1] : nil {
                case .name?: .group
                case .item?: .list
                case nil: .value
                }
            guard let place = places[Array(path.utf8)] else {
                places[Array(path.utf8)] = Place(kind: kind, target: target)
                continue
            }
            guard place.kind != kind || kind == .value else { continue }
            conflicts.append(
                Conflict(
                    target: target,
                    message: place.kind == kind
                        ? "'\(target)' is the same field as '\(place.target)'"
                        : "'\(target)' makes '\(path)' \(kind.rawValue), and '\(place.target)' makes it"
                            + " \(place.kind.rawValue)",
                    advice: "remove one of the two, or give it another name"))
            return
        }
    }
}
