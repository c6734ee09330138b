import TestKit
import Testing

/// Calls that the code must not make, each with what to write instead.
@Suite struct BannedCallTests {
    private struct Ban {
        let text: String
        let instead: String
        /// Modules that may.
        var except: Set<String> = []
    }

    private static let bans: [Ban] = [
        Ban(text: "try!", instead: "throw, or precondition(…, \"BUG: …\") for our own fault"),
        Ban(text: "as!", instead: "as? with an answer for nil"),
        Ban(
            text: "fatalError(",
            instead: "preconditionFailure(\"BUG: …\") for our own fault, an error for others'",
            except: ["TestKit", "Platform"]),
        Ban(text: "print(", instead: "a Logger", except: ["martlet", "TestKit"]),
        Ban(text: "debugPrint(", instead: "a Logger"),
        Ban(text: "Task.detached", instead: "a child task, or Platform.WorkerThreads for work that blocks"),
        Ban(text: "DispatchQueue", instead: "Platform.WorkerThreads"),
        Ban(text: "usleep(", instead: "Platform's Alarm or Task.sleep", except: ["TestKit", "Platform"]),
        Ban(text: "NSLock", instead: "Synchronization.Mutex"),
        Ban(
            text: "JSONEncoder", instead: "the module JSON, which keeps the order and drags in no Foundation"),
        Ban(text: "JSONDecoder", instead: "the module JSON"),
        Ban(text: "unsafeBitCast", instead: "a conversion that is checked"),
    ]

    @Test func noBannedCalls() {
        for (file, text) in SourceTree.swift {
            for ban in Self.bans where !ban.except.contains(file.module) {
                for place in text.places(of: ban.text) where Self.isWhole(text.code, place) {
                    Issue.record(
                        "\(file.path):\(text.line(of: place)): \(ban.text) is banned; write \(ban.instead)")
                }
            }
        }
    }

    @Test func noForcedUnwraps() {
        for (file, text) in SourceTree.swift where file.module != "TestKit" {
            for place in text.places(of: "!") where Self.forces(text.code, place) {
                Issue.record(
                    "\(file.path):\(text.line(of: place)): a forced unwrap traps on nil; write guard let, ?? or if let"
                )
            }
        }
    }

    /// What the compiler cannot check must say why it is right.
    @Test func unsafeClaimsGiveTheirReason() {
        for (file, text) in SourceTree.swift {
            for place in text.places(of: "@unchecked Sendable") + text.places(of: "nonisolated(unsafe)") {
                let (number, lines) = (text.line(of: place), text.lines)
                let near = lines[max(number - 7, 0)..<min(number + 4, lines.count)]
                #expect(
                    near.contains { $0.contains("//") },
                    "\(file.path):\(number): say why this is safe in a comment beside it")
            }
        }
    }

    /// `blueprint(` is not `print(`, nor is `writer.print(`.
    private static func isWhole(_ code: [UInt8], _ place: Int) -> Bool {
        place == 0 || !(SwiftText.isWord(code[place - 1]) || code[place - 1] == UInt8(ascii: "."))
    }

    /// `x!`, `x)!`, `x]!` that is not `!=`.
    private static func forces(_ code: [UInt8], _ place: Int) -> Bool {
        guard place > 0 else { return false }
        let (before, after) = (code[place - 1], place + 1 < code.count ? code[place + 1] : 0x20)
        guard SwiftText.isWord(before) || before == UInt8(ascii: ")") || before == UInt8(ascii: "]") else {
            return false
        }
        return after != UInt8(ascii: "=")
    }
}
