internal import JSON
internal import Platform
internal import Synchronization

extension Database {
    static let deletionSuffix = ".tmp-for-deletion"

    /// Removes what an interrupted round of work left behind.
    func cleanUp() throws(DiskError) {
        for name in try disk.list(options.path) {
            let isLeftOver =
                name.hasSuffix(BlockWriter.temporarySuffix) || name.hasSuffix(Database.deletionSuffix)
                || name.hasSuffix(".tmp")
            if isLeftOver { try disk.remove(options.path + "/" + name) }
        }
        let log = options.path + "/wal"
        guard try disk.status(log)?.isFolder == true else { return }
        for name in try disk.list(log) where name.hasSuffix(Checkpoint.temporarySuffix) {
            try disk.remove(log + "/" + name)
        }
    }

    /// Opens blocks that came into the directory and forgets those that left it. A damaged block is set
    /// aside under another name and told; it is never deleted.
    func reloadBlocks() throws(DiskError) {
        var known: [String: Block] = [:]
        for block in blocks.withLock({ $0 }) { known[block.meta.ulid] = block }
        var open: [Block] = []
        var parents: Set<String> = []
        for name in try disk.list(options.path) {
            if ULID.isValid(name) {
                let path = options.path + "/" + name
                guard try disk.status(path)?.isFolder == true else { continue }
                if try disk.status(path + "/" + Block.metaName) == nil {
                    // Without an index either it is only a folder, for instance one being copied in.
                    if try disk.status(path + "/" + Block.indexName) != nil {
                        noteBad(name, "the block \(name) has no meta.json", path: path)
                    }
                    continue
                }
                if let block = known[name] {
                    open.append(block)
                    continue
                }
                do throws(TSDBError) {
                    let block = try Block(disk: disk, path: path)
                    open.append(block)
                    for parent in block.meta.parents { parents.insert(parent.ulid) }
                } catch {
                    setAside(name, error)
                }
            } else if name.contains(Database.badInfix) {
                noteBad(
                    name, "the block \(name) was set aside because it is damaged",
                    path: options.path + "/" + name)
            }
        }
        // Of a merge that was interrupted before its parents were deleted.
        if !options.isReadOnly {
            for block in open where parents.contains(block.meta.ulid) { deleteBlock(block) }
        }
        open.removeAll { parents.contains($0.meta.ulid) }
        open.sort { ($0.meta.minTime, $0.meta.ulid) < ($1.meta.minTime, $1.meta.ulid) }
        blocks.withLock { $0 = open }
        status.withLock { $0.reloadCount += 1 }
    }

    static let badInfix = ".bad-"

    private func setAside(_ name: String, _ error: TSDBError) {
        let path = options.path + "/" + name
        var reason = "the block \(name) cannot be read: \(error.description)"
        var place = path
        if error.kind == .corruption, !options.isReadOnly {
            let aside = path + Database.badInfix + String(clock.now())
            do throws(DiskError) {
                try disk.rename(path, to: aside)
                place = aside
                reason += "; set aside as \(FilePath.name(of: aside))"
            } catch {
                reason += "; it stays where it is"
            }
        }
        status.withLock {
            $0.damages.append(reason)
            $0.reloadFailureCount += 1
        }
        noteBad(FilePath.name(of: place), reason, path: place)
    }

    private func noteBad(_ name: String, _ reason: String, path: String) {
        guard status.withLock({ $0.badBlocks.insert(name).inserted }) else { return }
        // The time is known when its meta.json can be read.
        let meta = try? Block.readMeta(disk: disk, path: path)
        let times = meta.flatMap { $0.minTime < $0.maxTime ? $0.minTime...($0.maxTime - 1) : nil }
        head.damages.note(reason, file: path, times: times)
    }

    /// Takes a block's directory away; readers at work keep its files.
    func deleteBlock(_ block: Block) {
        let aside = block.path + Database.deletionSuffix
        head.damages.forget(block.path)
        do throws(DiskError) {
            try disk.rename(block.path, to: aside)
            // Before any file goes: half a block must not come back under its name.
            try disk.syncFolder(options.path)
            try disk.remove(aside)
        } catch {
            status.withLock { $0.maintenanceFailure = "cannot delete \(block.path): \(error.description)" }
        }
    }

    /// Opens a new block and puts it in the place of others.
    func adopt(_ path: String?, insteadOf old: [Block]) throws(TSDBError) {
        let new = try path.map { (path) throws(TSDBError) in try Block(disk: disk, path: path) }
        blocks.withLock { blocks in
            blocks.removeAll { block in old.contains { $0 === block } }
            if let new { blocks.append(new) }
            blocks.sort { ($0.meta.minTime, $0.meta.ulid) < ($1.meta.minTime, $1.meta.ulid) }
        }
        for block in old { deleteBlock(block) }
    }

    /// Up to where (exclusive) blocks hold samples that came in order. A block that begins later than
    /// `last` was made by a wrong clock: it must not keep others from appending.
    static func inOrderEnd(_ blocks: [Block], until last: Int64) -> Int64 {
        blocks.filter { !$0.meta.hints.contains(BlockMeta.outOfOrderHint) && $0.meta.minTime <= last }.map(
            \.meta.maxTime
        ).max() ?? .min
    }

    /// The `meta.json` of every open block as text, oldest first, for `/api/v1/status/tsdb/blocks`.
    public var blockMetas: [String] {
        blocks.withLock { $0.map { $0.meta.json.text() } }
    }
}
