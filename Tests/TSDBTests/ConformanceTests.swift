import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// Directories that Prometheus wrote.
@Suite(.enabled(if: SharedFolders.conformance != nil)) struct ConformanceTests {
    @Test(arguments: ["index_format_v1", "repair_index_version/01BZJ9WJQPWHGNC2W4J9TA62KC"])
    func oldBlocksOpen(_ name: String) throws {
        let source = try #require(SharedFolders.conformance) + "/tsdb/" + name
        guard RealDisk().hasFile(source + "/index") else { return }
        let folder = TemporaryFolder()
        let disk = RealDisk()
        let target = folder.path + "/data/01BZJ9WJQPWHGNC2W4J9TA62KC"
        try disk.makeFolder(target + "/chunks")
        for file in ["meta.json", "index", "tombstones", "chunks/000001"]
        where disk.hasFile(source + "/" + file) {
            let copy = try disk.open(target + "/" + file, .create)
            try disk.readFile(source + "/" + file).withUnsafeBytes { try copy.write($0, at: 0) }
        }
        let block = try Block(disk: disk, path: target)
        #expect(block.meta.numSeries > 0)
        // The second directory is of a test of Prometheus' and has postings of one pair only.
        if name == "index_format_v1" {
            #expect(try block.index.allSeries().count == block.meta.numSeries)
        } else {
            #expect(try !block.select([LabelMatcher("b", equals: "1")]).isEmpty)
        }
        #expect(!block.index.names.isEmpty)
        let labels = try block.index.allSeries().map { try block.index.labels($0) }
        #expect(labels == labels.sorted())
        if name == "index_format_v1" {
            let database = try Database(testOptions(folder))
            #expect(try database.dump().values.reduce(0) { $0 + $1.count } == 102)
            let check = DirectoryCheck(path: folder.path + "/data")
            #expect(check.findings == [])
            #expect(check.sampleCount == 102)
        }
    }
}

extension RealDisk {
    func hasFile(_ path: String) -> Bool {
        (try? status(path)) != nil && (try? status(path))??.isFolder == false
    }
}
