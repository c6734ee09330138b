internal import JSON
internal import Platform
internal import StorageAPI

extension DirectoryImport {
    /// Puts all that is taken over together beside the target's own.
    mutating func stage(_ from: Database, _ state: TargetState) throws(TSDBError) {
        do throws(DiskError) {
            try disk.remove(staging)
            try disk.makeFolder(staging)
        } catch {
            throw TSDBError(error)
        }
        try stageBlocks(state)
        if state.isFresh {
            do throws(DiskError) { try stageLog() } catch { throw TSDBError(error) }
        } else {
            try stageHead(from)
        }
        do throws(DiskError) { try disk.syncFolder(staging) } catch { throw TSDBError(error) }
    }

    private mutating func stageBlocks(_ state: TargetState) throws(TSDBError) {
        let names: [String]
        do throws(DiskError) { names = try disk.list(source) } catch { throw TSDBError(error) }
        for name in names {
            let path = source + "/" + name
            if name.contains(Database.badInfix) {
                warnings.append("\(path): a block that was set aside as damaged is left out")
                continue
            }
            guard ULID.isValid(name) else { continue }
            do throws(DiskError) {
                // A folder that is no block, for instance one that is being copied in.
                guard try disk.status(path + "/" + Block.metaName) != nil else { continue }
                if try disk.status(target + "/" + name) != nil {
                    knownBlockCount += 1
                    continue
                }
                try copyTree(path, to: staging + "/" + name) { (from, to) throws(DiskError) in
                    try disk.link(from, to: to)
                }
            } catch {
                throw TSDBError(error)
            }
            // One whose meta.json is damaged was accepted with its damage.
            if let meta = try? Block.readMeta(disk: disk, path: path) { try note(meta, name, state) }
        }
        blocks.sort { ($0.minTime, $0.ulid) < ($1.minTime, $1.ulid) }
    }

    private mutating func note(_ meta: BlockMeta, _ name: String, _ state: TargetState) throws(TSDBError) {
        let staged = staging + "/" + name
        do throws(DiskError) {
            blocks.append(
                BlockSummary(meta, byteCount: try disk.sizeOfTree(staged), folder: target + "/" + name))
            // Samples of the target's head that are older than the end of a block count as being in it,
            // unless the block says that it came beside.
            if let head = state.head, head.lowerBound < meta.maxTime,
                !meta.hints.contains(BlockMeta.outOfOrderHint)
            {
                var meta = meta
                meta.hints.append(BlockMeta.outOfOrderHint)
                try disk.replaceFile(staged + "/" + Block.metaName, with: meta.json.bytes(indent: 1))
            }
        } catch {
            throw TSDBError(error)
        }
    }

    /// Log and head chunks as they are.
    private mutating func stageLog() throws(DiskError) {
        for name in DirectoryImport.logNames {
            guard let status = try disk.status(source + "/" + name) else { continue }
            if status.isFolder {
                try copyTree(source + "/" + name, to: staging + "/" + name) { (from, to) throws(DiskError) in
                    try disk.copyFile(from, to: to)
                }
            } else {
                try disk.copyFile(source + "/" + name, to: staging + "/" + name)
            }
            if name != LostTimes.name { hasLog = true }
        }
    }

    /// The samples of the head as blocks, which stand beside those of the target's head.
    private mutating func stageHead(_ from: Database) throws(TSDBError) {
        let head = from.head
        var paths: [String] = []
        let late: [UInt32: OutOfOrderSide]
        do throws(DiskError) { late = try head.takeLate().samples } catch { throw TSDBError(error) }
        if !late.isEmpty {
            paths += try LateExport(head: head, samples: late).write(
                disk: disk, folder: staging, now: clock.now())
        }
        var start = head.minTime
        while start <= head.maxTime {
            let end = head.rangeEnd(start)
            var export = HeadExport(HeadSnapshot(head, includesLate: false), from: start, until: end)
            export.hints = [BlockMeta.outOfOrderHint]
            let path = try export.write(
                disk: disk, folder: staging, ulid: ULID.make(now: clock.now()), isCancelled: { false })
            if let path { paths.append(path) }
            if end == .max { break }
            start = end
        }
        for path in paths {
            let size: Int64
            do throws(DiskError) { size = try disk.sizeOfTree(path) } catch { throw TSDBError(error) }
            headBlocks.append(
                BlockSummary(
                    try Block.readMeta(disk: disk, path: path), byteCount: size,
                    folder: target + "/" + FilePath.name(of: path)))
        }
        headBlocks.sort { ($0.minTime, $0.ulid) < ($1.minTime, $1.ulid) }
    }

    /// Gives what is staged its names in the target: blocks first, the log last.
    func adopt() throws(DiskError) {
        let staged = try disk.list(staging)
        for name in staged where ULID.isValid(name) {
            try disk.rename(staging + "/" + name, to: target + "/" + name)
        }
        try disk.syncFolder(target)
        for name in DirectoryImport.logNames where staged.contains(name) {
            // Of a target without any series.
            try disk.remove(target + "/" + name)
            try disk.rename(staging + "/" + name, to: target + "/" + name)
            try disk.syncFolder(target)
        }
        try disk.remove(staging)
        try disk.syncFolder(target)
    }

    /// Makes a folder like another, each file by `transfer`; what is half made is left out.
    private func copyTree(
        _ from: String, to: String, depth: Int = 0,
        _ transfer: (String, String) throws(DiskError) -> Void
    ) throws(DiskError) {
        try disk.makeFolder(to)
        for name in try disk.list(from) where !name.hasSuffix(".tmp") {
            let path = from + "/" + name
            guard let status = try disk.status(path) else { continue }
            if !status.isFolder {
                try transfer(path, to + "/" + name)
            } else if depth < DirectoryImport.depthMax {
                try copyTree(path, to: to + "/" + name, depth: depth + 1, transfer)
            }
        }
        try disk.syncFolder(to)
    }
}
