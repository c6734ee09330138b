internal import Platform
internal import Synchronization

extension Head {
    /// Hands the open chunk to the files of full chunks.
    func finishChunk(_ record: UnsafeMutablePointer<SeriesRecord>, _ slot: Int) {
        let base = store.pointee.arena.address(record.pointee.sizeClass, record.pointee.chunk)
        let bytes = UnsafeRawBufferPointer(
            start: base, count: XORChunk.byteCount(Int(record.pointee.bitCount)))
        func add(_ encoding: ChunkEncoding, _ bytes: UnsafeRawBufferPointer) {
            let entry = store.pointee.files.append(
                reference: record.pointee.reference, minTime: record.pointee.firstTime,
                maxTime: record.pointee.lastTime, encoding: encoding.rawValue, bytes)
            store.pointee.fullChunks.append(entry, to: &record.pointee.fullChunks)
        }
        let starts = openStarts(slot)
        if starts.isEmpty {
            add(.xor, bytes)
        } else {
            Head.chunk(bytes, with: starts).withUnsafeBytes { add(.xor2, $0) }
            dropStarts(slot)
        }
        store.pointee.arena.free(record.pointee.sizeClass, record.pointee.chunk)
        store.pointee.openChunkCount -= 1
        record.pointee.sampleCount = 0
    }

    /// Makes complete files of full chunks survive a power cut. Without locks, as it may take long.
    func syncFullChunks() {
        for (file, opened) in stateLock.withReadLock({ store.pointee.files.filesToSync() }) {
            do throws(DiskError) {
                try opened.sync()
                try disk.syncFolder(options.path + "/chunks_head")
                stateLock.withWriteLock { store.pointee.files.noteSynced(file) }
            } catch {
                // Younger files wait in memory until it can be done.
                return
            }
        }
    }

    /// Writes waiting full chunks to their files. Under ``appendLock``.
    func writeFullChunks() {
        for file in store.pointee.files.filesToWrite() {
            do throws(DiskError) {
                try store.pointee.files.write(file)
                let failure: DiskError? = stateLock.withWriteLock {
                    do throws(DiskError) {
                        try store.pointee.files.noteWritten(file)
                        return nil
                    } catch {
                        return error
                    }
                }
                if let failure { throw failure }
            } catch {
                // They stay in memory and in the log, and are tried again with the next.
                stateLock.withWriteLock { store.pointee.files.noteWriteFailure() }
                return
            }
        }
    }
}
