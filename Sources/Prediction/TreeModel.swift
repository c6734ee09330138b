/// A gradient-boosted tree model, evaluated exactly as XGBoost evaluates it: float32 arithmetic, the
/// sum started at the base margin and trees added in their order.
///
/// Nodes of all trees lie in one array in depth-first file order; a child's index is always greater
/// than its parent's, so that evaluation of any accepted file ends.
public struct TreeModel: Sendable {
    /// What the margins mean.
    public enum Objective: String, Sendable {
        case binaryLogistic = "binary:logistic"
        case multiSoftprob = "multi:softprob"
        case multiSoftmax = "multi:softmax"
        case squaredError = "reg:squarederror"
    }

    struct Node: Sendable {
        /// Feature index; -1 in a leaf.
        var feature: Int32
        /// Index of the left child in `nodes`; the right one is in `right`.
        var left: Int32
        var right: Int32
        /// Where a missing value goes.
        var missingGoesLeft: Bool
        /// The split (`value < threshold` goes left), or the weight of a leaf.
        var threshold: Float
    }

    let nodes: [Node]
    /// The root of each tree in `nodes`.
    let roots: [Int32]
    /// The class that each tree adds to.
    let treeClasses: [Int32]
    /// The margin before any tree, one per class.
    let baseMargins: [Float]

    public let objective: Objective
    /// The names of the columns in the order of a row.
    public let featureNames: [String]
    /// Places of the names.
    let featureIndex: [String: Int]
    /// The names of the classes; empty for a regression. For `binaryLogistic` two: the margin is the
    /// log odds of the second.
    public let classNames: [String]
    public let name: String
    public let version: String

    public var treeCount: Int { roots.count }

    /// The probability of each class (or the one predicted value of a regression) for a row.
    ///
    /// - Parameter row: one value per feature in the order of ``featureNames``; NaN is a missing value.
    /// - Throws: `invalidRow` when the number of values is not that of the features.
    public func predict(_ row: [Float]) throws(ModelError) -> [Float] {
        TreeModel.transform(try margins(row), objective: objective)
    }

    /// The untransformed sums, one per output.
    ///
    /// - Throws: `invalidRow` when the number of values is not that of the features.
    public func margins(_ row: [Float]) throws(ModelError) -> [Float] {
        guard row.count == featureNames.count else {
            throw ModelError(
                .invalidRow, "cannot predict: got \(row.count) values, want \(featureNames.count)")
        }
        var sums = baseMargins
        row.withUnsafeBufferPointer { row in
            nodes.withUnsafeBufferPointer { nodes in
                for (tree, root) in roots.enumerated() {
                    var node = nodes[Int(root)]
                    while node.feature >= 0 {
                        let value = row[Int(node.feature)]
                        let goesLeft = value.isNaN ? node.missingGoesLeft : value < node.threshold
                        node = nodes[Int(goesLeft ? node.left : node.right)]
                    }
                    sums[Int(treeClasses[tree])] += node.threshold
                }
            }
        }
        return sums
    }

    private static func transform(_ margins: [Float], objective: Objective) -> [Float] {
        switch objective {
        case .squaredError: return margins
        case .binaryLogistic:
            let positive = 1 / (1 + exponential(-margins[0]))
            return [1 - positive, positive]
        case .multiSoftprob, .multiSoftmax:
            let largest = margins.max() ?? 0
            let powers = margins.map { exponential($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
