import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Instruments
import NIOCore
import Platform
import PredictionAPI
import Testing
import WebServer

@Suite struct PredictTests {
    /// A row of the data set that the model was trained on: a malignant case.
    static let malignant =
        "[17.99,10.38,122.8,1001,0.1184,0.2776,0.3001,0.1471,0.2419,0.07871,1.095,0.9053,8.589,153.4,0.006399,0.04904,0.05373,0.01587,0.03003,0.006193,25.38,17.33,184.6,2019,0.1622,0.6656,0.7119,0.2654,0.4601,0.1189]"

    @Test func answersClassAndProbabilities() async throws {
        try await WebappUnderTest.run { client in
            let answer = try await client.execute(
                uri: "/predict", method: .post, body: ByteBuffer(string: Self.malignant))
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/json")
            let text = String(buffer: answer.body)
            #expect(
                text.hasPrefix(
                    #"{"model":"breast-cancer","version":"1","class":"malignant","probabilities":{"malignant":0.9285925,"benign":0.07140751}}"#
                ))
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            let lines = String(buffer: metrics.body)
            for line in [
                #"ml_predictions_total{model="breast-cancer",version="1",outcome="ok"} 1"#,
                #"ml_predicted_class_total{model="breast-cancer",version="1",class="malignant"} 1"#,
                #"ml_predicted_class_total{model="breast-cancer",version="1",class="benign"} 0"#,
                #"ml_prediction_duration_seconds_count{model="breast-cancer",version="1",phase="predict"} 1"#,
                #"http_request_count_total{app_name="webapp",method="POST",endpoint="/predict",http_status="200"} 1"#,
                #"http_request_latency_seconds_count{app_name="webapp",endpoint="/predict"} 1"#,
                #"http_requests_in_flight{app_name="webapp"} 1"#,
            ] { #expect(lines.contains(line + "\n"), "\(line)") }
        }
    }

    @Test func missingValuesAreCounted() async throws {
        try await WebappUnderTest.run { client in
            let row = Self.malignant.replacing("17.99", with: "null")
            let answer = try await client.execute(
                uri: "/predict", method: .post, body: ByteBuffer(string: row))
            #expect(answer.status == .ok)
            let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(
                metrics.contains(
                    #"ml_feature_missing_total{model="breast-cancer",version="1",feature="mean_radius"} 1"#
                        + "\n"))
        }
    }

    @Test(arguments: [
        ("{\"mean_radius\": NaN, \"mean_texture\": 1}", "mean_radius"),
        ("[1, 2,", "body"),
        ("", "body"),
        ("[1, 2, 3]", "features"),
        ("{\"mean_radius\": 1}", "mean_texture"),
        ("{\"mean_radius\": \"a\"}", "mean_radius"),
        ("{\"mean_radius\": 1e400}", "mean_radius"),
        ("{\"mean radius\": 1}", "mean radius"),
        ("[[[[[[[[[[[[[[[[", "body"),
        ("3", "features"),
    ])
    func badInputIsRefusedNamingTheField(body: String, field: String) async throws {
        try await WebappUnderTest.run { client in
            let answer = try await client.execute(
                uri: "/predict", method: .post, body: ByteBuffer(string: body))
            #expect(answer.status == .badRequest)
            #expect(answer.headers[.contentType] == "application/json")
            let text = String(buffer: answer.body)
            #expect(text.hasPrefix("{\"error\":\"cannot "))
            #expect(text.hasSuffix("\"field\":\"\(field)\"}"), "\(text)")
            let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(metrics.contains(#"outcome="invalid_input"} 1"# + "\n"))
        }
    }

    @Test func aLargeBodyIsRefusedAndTheServerLivesOn() async throws {
        try await WebappUnderTest.run { client in
            let body = ByteBuffer(repeating: UInt8(ascii: " "), count: 10 << 20)
            let answer = try await client.execute(uri: "/predict", method: .post, body: body)
            #expect(answer.status == .contentTooLarge)
            #expect(String(buffer: answer.body).hasPrefix("{\"error\":"))
            let next = try await client.execute(
                uri: "/predict", method: .post, body: ByteBuffer(string: Self.malignant))
            #expect(next.status == .ok)
        }
    }

    @Test func describesTheModel() async throws {
        try await WebappUnderTest.run { client in
            let text = String(buffer: try await client.execute(uri: "/model", method: .get).body)
            #expect(text.contains("\"classes\":[\"malignant\",\"benign\"]"))
            #expect(text.contains("\"worst_fractal_dimension\""))
        }
    }
}
