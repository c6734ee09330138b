import JSON
import Prediction
import TestKit
import Testing

@Suite struct BadInputTests {
    @Test(arguments: [
        "", "{}", "[]", #"{"learner":{}}"#,
        #"{"learner":{"objective":{"name":"binary:logistic"},"gradient_booster":{"name":"dart"}}}"#,
        #"{"learner":{"objective":{"name":"rank:pairwise"},"learner_model_param":{"num_feature":"1"}}}"#,
        // A node that points back at itself would never end.
        #"{"learner":{"objective":{"name":"binary:logistic"},"learner_model_param":{"num_feature":"1","base_score":"5E-1"},"gradient_booster":{"model":{"tree_info":[0],"trees":[{"left_children":[0],"right_children":[0],"split_indices":[0],"split_conditions":[1],"default_left":[0]}]}}}}"#,
        // A feature that rows do not have.
        #"{"learner":{"objective":{"name":"binary:logistic"},"learner_model_param":{"num_feature":"1","base_score":"5E-1"},"gradient_booster":{"model":{"tree_info":[0],"trees":[{"left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[9,0,0],"split_conditions":[1,1,1],"default_left":[0,0,0]}]}}}}"#,
    ])
    func refusesAModel(text: String) {
        #expect(throws: ModelError.self) { try TreeModel(xgboostJSON: Array(text.utf8)) }
    }

    @Test func namesTheFieldOfABadRow() throws {
        let model = try shippedModel()
        var row = JSONObject()
        for name in model.featureNames { row[name] = 1 }
        #expect(try FeatureRow(.object(row), model: model).values.count == 30)

        func field(_ change: (inout JSONObject) -> Void) -> String? {
            var changed = row
            change(&changed)
            do {
                _ = try FeatureRow(.object(changed), model: model)
                return nil
            } catch {
                return error.field
            }
        }
        #expect(field { $0["mean_area"] = nil } == "mean_area")
        #expect(field { $0["mean_area"] = "big" } == "mean_area")
        #expect(field { $0["mean_area"] = .number("1e300") } == "mean_area")
        #expect(field { $0["mean_aera"] = 1 } == "mean_aera")
        #expect(field { $0["mean_area"] = .null } == nil)
        #expect(throws: ModelError.self) { try FeatureRow([1, 2, 3], model: model) }
        #expect(throws: ModelError.self) { try FeatureRow("x", model: model) }
    }
}
