/// Finds label sets that go with another: equal ones, and ones of which one holds all of the other.
struct LabelIndex {
    private struct Shape: Hashable {
        let names: [String]
    }

    private let sets: [[String: String]]
    /// Positions by the names of their labels.
    private var shapes: [(names: Set<String>, members: [Int])] = []
    /// Positions by the values of some of their labels, made when it is first asked for.
    private var tables: [Int: [Shape: [[String: String]: [Int]]]] = [:]

    init(_ sets: [[String: String]]) {
        self.sets = sets
        var positions: [Set<String>: Int] = [:]
        for (index, set) in sets.enumerated() {
            let names = Set(set.keys)
            if let place = positions[names] {
                shapes[place].members.append(index)
            } else {
                positions[names] = shapes.count
                shapes.append((names, [index]))
            }
        }
    }

    /// Positions of the sets that go with `labels`, ascending.
    ///
    /// - Parameter contained: only sets that hold no label beside those given.
    mutating func fitting(_ labels: [String: String], contained: Bool = false) -> [Int] {
        let names = Set(labels.keys)
        var result: [Int] = []
        for (index, shape) in shapes.enumerated() {
            let common: Set<String>
            if shape.names.isSubset(of: names) {
                common = shape.names
            } else if !contained, names.isSubset(of: shape.names) {
                common = names
            } else {
                continue
            }
            let key = Shape(names: common.sorted())
            if tables[index]?[key] == nil {
                var table: [[String: String]: [Int]] = [:]
                for member in shape.members {
                    table[sets[member].filter { common.contains($0.key) }, default: []].append(member)
                }
                tables[index, default: [:]][key] = table
            }
            result += tables[index]?[key]?[labels.filter { common.contains($0.key) }] ?? []
        }
        return result.sorted()
    }
}
