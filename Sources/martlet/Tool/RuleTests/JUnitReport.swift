/// Results of tests in the XML form that build servers read.
struct JUnitReport {
    struct Case {
        var name: String
        var failures: [String]
    }

    struct Suite {
        var name: String
        var cases: [Case] = []
    }

    var suites: [Suite] = []

    var xml: String {
        var result = "<testsuites>\n"
        for suite in suites {
            let failed = suite.cases.count { !$0.failures.isEmpty }
            result +=
                "  <testsuite name=\"\(JUnitReport.escaped(suite.name))\" tests=\"\(suite.cases.count)\" failures=\"\(failed)\">\n"
            for one in suite.cases {
                result += "    <testcase name=\"\(JUnitReport.escaped(one.name))\">\n"
                for failure in one.failures {
                    result +=
                        "      <failure message=\"\" type=\"\">\(JUnitReport.escaped(failure))</failure>\n"
                }
                result += "    </testcase>\n"
            }
            result += "  </testsuite>\n"
        }
        return result + "</testsuites>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&#34;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
