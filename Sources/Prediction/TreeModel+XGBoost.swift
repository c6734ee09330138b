import JSON

extension TreeModel {
    /// The most nodes of all trees together that a file may have.
    public static let nodeCountMax = 10_000_000

    /// Reads a model that XGBoost 1.x to 3.x saved as JSON (`save_model("model.json")`).
    ///
    /// Class names come from the model's attribute `class_names` (a JSON array of strings), name and
    /// version from `model_name` and `model_version`, where the trainer set them.
    ///
    /// - Throws: `malformedModel` or `unsupportedModel`, naming the field.
    public init(xgboostJSON bytes: [UInt8]) throws(ModelError) {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes, limits: JSONLimits(bytes: 256 << 20, depth: 32))
        } catch {
            throw ModelError(.malformedModel, "cannot read the model: \(error)")
        }
        guard let learner = document["learner"] else { throw TreeModel.missing("learner") }
        let booster = learner["gradient_booster"]
        let boosterName = booster?["name"]?.string ?? "gbtree"
        guard boosterName == "gbtree" else {
            throw ModelError(
                .unsupportedModel, "cannot serve a \(boosterName) model, want gbtree",
                field: "gradient_booster.name")
        }
        let objectiveName = learner["objective"]?["name"]?.string ?? ""
        guard let objective = Objective(rawValue: objectiveName) else {
            throw ModelError(
                .unsupportedModel, "cannot serve the objective \"\(objectiveName)\"",
                field: "objective.name")
        }
        let parameters = learner["learner_model_param"]
        guard let featureCount = TreeModel.integer(parameters?["num_feature"]), featureCount > 0,
            featureCount <= 100_000
        else { throw TreeModel.missing("learner_model_param.num_feature") }
        let classCount = max(TreeModel.integer(parameters?["num_class"]) ?? 0, 1)
        guard classCount <= 10_000 else { throw TreeModel.missing("learner_model_param.num_class") }

        var reader = TreeReader(featureCount: featureCount, classCount: classCount)
        guard let model = booster?["model"], let trees = model["trees"]?.array,
            let treeInfo = model["tree_info"]?.array, treeInfo.count == trees.count
        else { throw TreeModel.missing("gradient_booster.model") }
        for (index, tree) in trees.enumerated() {
            try reader.add(tree, number: index, treeClass: treeInfo[index].int ?? -1)
        }

        let attributes = learner["attributes"]
        var names = (learner["feature_names"]?.array ?? []).compactMap(\.string)
        if names.isEmpty { names = (0..<featureCount).map { "f\($0)" } }
        guard names.count == featureCount, Set(names).count == featureCount else {
            throw ModelError(
                .malformedModel,
                "cannot read the model: got \(names.count) feature names, want \(featureCount) different ones",
                field: "feature_names")
        }
        let wantedClassNames =
            switch objective {
            case .squaredError: 0
            case .binaryLogistic: 2
            case .multiSoftprob, .multiSoftmax: classCount
            }
        var classNames: [String] = []
        if let text = attributes?["class_names"]?.string, let list = try? JSONValue.parse(text) {
            classNames = (list.array ?? []).compactMap(\.string)
        }
        if classNames.count != wantedClassNames {
            classNames = (0..<wantedClassNames).map(String.init)
        }

        nodes = reader.nodes
        roots = reader.roots
        treeClasses = reader.treeClasses
        baseMargins = try TreeModel.baseMargins(
            parameters?["base_score"]?.string, objective: objective, classCount: classCount)
        self.objective = objective
        featureNames = names
        featureIndex = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        self.classNames = classNames
        name = attributes?["model_name"]?.string ?? "model"
        version = attributes?["model_version"]?.string ?? "1"
    }

    /// `base_score` is "5E-1" up to XGBoost 2 and "[6.27E-1]", one entry per class, from 3; always in
    /// the space of predictions, so a probability becomes log odds.
    private static func baseMargins(
        _ text: String?, objective: Objective, classCount: Int
    ) throws(ModelError) -> [Float] {
        let text = text ?? "0.5"
        let list = text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text
        var scores: [Float] = []
        for part in list.split(separator: ",") {
            let part = part.filter { $0 != " " }
            guard let score = Double(part) else { throw missing("learner_model_param.base_score") }
            scores.append(Float(score))
        }
        if scores.count == 1 { scores = Array(repeating: scores[0], count: classCount) }
        guard scores.count == classCount else { throw missing("learner_model_param.base_score") }
        guard objective == .binaryLogistic else { return scores }
        return scores.map { -logarithm(1 / $0 - 1) }
    }

    /// XGBoost writes its parameters as strings.
    private static func integer(_ value: JSONValue?) -> Int? {
        value?.string.flatMap { Int($0) } ?? value?.int
    }

    static func missing(_ field: String) -> ModelError {
        ModelError(.malformedModel, "cannot read the model: \(field) is missing or wrong", field: field)
    }
}

private struct TreeReader {
    let featureCount: Int
    let classCount: Int
    var nodes: [TreeModel.Node] = []
    var roots: [Int32] = []
    var treeClasses: [Int32] = []

    init(featureCount: Int, classCount: Int) {
        self.featureCount = featureCount
        self.classCount = classCount
    }

    mutating func add(_ tree: JSONValue, number: Int, treeClass: Int) throws(ModelError) {
        let field = "trees[\(number)]"
        guard (0..<classCount).contains(treeClass) else {
            throw ModelError(
                .malformedModel,
                "cannot read the model: tree \(number) adds to class \(treeClass) of \(classCount)",
                field: "tree_info")
        }
        guard let left = tree["left_children"]?.array, let right = tree["right_children"]?.array,
            let features = tree["split_indices"]?.array,
            let thresholds = tree["split_conditions"]?.array,
            let defaults = tree["default_left"]?.array, !left.isEmpty, right.count == left.count,
            features.count == left.count, thresholds.count == left.count,
            defaults.count == left.count
        else { throw TreeModel.missing(field) }
        guard (tree["categories"]?.array ?? []).isEmpty else {
            throw ModelError(
                .unsupportedModel, "cannot serve a model with categorical splits", field: field)
        }
        guard nodes.count + left.count <= TreeModel.nodeCountMax else {
            throw ModelError(
                .unsupportedModel, "cannot serve a model of more than \(TreeModel.nodeCountMax) nodes",
                field: field)
        }
        let base = nodes.count
        for index in left.indices {
            guard let leftChild = left[index].int, let rightChild = right[index].int,
                let feature = features[index].int, let threshold = thresholds[index].double
            else { throw TreeModel.missing(field) }
            let isLeaf = leftChild == -1
            if !isLeaf {
                let children = (index + 1)..<left.count
                guard children.contains(leftChild), children.contains(rightChild),
                    (0..<featureCount).contains(feature)
                else {
                    throw ModelError(
                        .malformedModel,
                        "cannot read the model: node \(index) of tree \(number) points outside of it",
                        field: field)
                }
            }
            let missingGoesLeft = defaults[index].bool ?? (defaults[index].int == 1)
            nodes.append(
                TreeModel.Node(
                    feature: isLeaf ? -1 : Int32(feature),
                    left: isLeaf ? -1 : Int32(base + leftChild),
                    right: isLeaf ? -1 : Int32(base + rightChild),
                    missingGoesLeft: missingGoesLeft,
                    threshold: Float(threshold)))
        }
        roots.append(Int32(base))
        treeClasses.append(Int32(treeClass))
    }
}
