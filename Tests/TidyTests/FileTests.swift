import TestKit
import Testing

/// What files are called and what may not be among them.
@Suite struct FileTests {
    private static let kinds: Set<String> = [
        "struct", "class", "enum", "actor", "protocol", "extension", "typealias", "macro",
    ]

    /// Files of several small things of one kind, named for the kind.
    private static let groups: Set<String> = [
        "Sources/ContainerStats/Runtime/FolderSources.swift", "Sources/Prediction/FloatMath.swift",
        "Sources/PromQLSyntax/FunctionTable.swift", "Sources/TSDB/ByteOrder.swift",
        "Sources/TSDB/Chunk/ChunkSegments.swift", "Sources/TSDB/DatabaseStatistics.swift",
        "Sources/TSDB/Query/SeriesMerge.swift", "Sources/Wire/ProtobufWriter.swift",
        "Sources/martlet/Flags/FlagValues.swift",
    ]

    /// `Type.swift` and `Type+Aspect.swift` declare or extend `Type`, or a type whose name begins so.
    @Test func filesAreNamedForTheirType() {
        for (file, text) in SourceTree.swift {
            if file.name == "main.swift" || file.name == "placeholder.swift"
                || Self.groups.contains(file.path)
            {
                continue
            }
            let type = String(file.name.dropLast(6).prefix { $0 != "+" })
            let declares = text.places(of: type).contains { place in
                let start = text.code[..<place].lastIndex(of: 0x0A) ?? 0
                let words = String(decoding: text.code[start..<place], as: UTF8.self).split {
                    !($0.isLetter || $0.isNumber)
                }
                return words.contains { Self.kinds.contains(String($0)) }
            }
            #expect(declares, "\(file.path): declares no \(type)")
        }
    }

    /// Long lines are the mark of minified or generated files, which do not belong into the repository.
    @Test func browserFilesAreWritten() {
        for file in SourceTree.files(below: "Sources/WebAssets/web") {
            let bytes = file.bytes
            #expect(!file.name.contains(".min."), "\(file.path): a minified file")
            let longest = bytes.split(separator: 0x0A).map(\.count).max() ?? 0
            #expect(longest <= 1200, "\(file.path): a line of \(longest) bytes")
        }
    }

    @Test func noFileIsLarge() {
        for file in ["Sources", "Tests", "docs", "scripts"].flatMap(SourceTree.files(below:)) {
            let count = file.bytes.count
            #expect(count <= 400_000, "\(file.path): \(count) bytes")
        }
    }

    @Test func noConflictMarksAreLeft() {
        for file in ["Sources", "Tests", "docs", "scripts"].flatMap(SourceTree.files(below:))
        where !file.name.hasSuffix(".png") {
            let hasMark = file.bytes.split(separator: 0x0A).contains {
                $0.starts(with: Array("<<<<<<< ".utf8)) || $0.starts(with: Array(">>>>>>> ".utf8))
            }
            #expect(!hasMark, "\(file.path): a merge conflict")
        }
    }
}
