import JSON
import Prediction
import TestKit
import Testing

/// The model that the program ships, as its file stands in the sources.
func shippedModel() throws -> TreeModel {
    let path = SharedFolders.checkout + "/Sources/WebAssets/models/breast-cancer.json"
    return try TreeModel(xgboostJSON: try #require(SharedFolders.read(path)))
}

@Suite struct XGBoostEqualityTests {
    @Test func equalsXGBoostToTheLastBit() throws {
        let model = try shippedModel()
        let path = SharedFolders.checkout + "/Tests/PredictionTests/Fixtures/breast-cancer-answers.json"
        let answers = try JSONValue.parse(try #require(SharedFolders.read(path)))
        let rows = try #require(answers["rows"]?.array)
        let margins = try #require(answers["margins"]?.array)
        let probabilities = try #require(answers["probabilities"]?.array)
        #expect(rows.count > 200)
        for (index, row) in rows.enumerated() {
            let values = try FeatureRow(row, model: model).values
            #expect(try model.margins(values)[0] == margins[index].double.map { Float($0) })
            #expect(try model.predict(values)[1] == probabilities[index].double.map { Float($0) })
        }
    }

    @Test func knowsItsNames() throws {
        let model = try shippedModel()
        #expect(model.featureNames.count == 30)
        #expect(model.featureNames[0] == "mean_radius")
        #expect(model.classNames == ["malignant", "benign"])
        #expect(model.version == "1")
        #expect(model.treeCount == 60)
    }
}
