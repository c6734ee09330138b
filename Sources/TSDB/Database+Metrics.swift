internal import Synchronization

extension Database {
    /// The `prometheus_tsdb_*` numbers as they stand.
    public func metrics() -> [DatabaseMetric] {
        let statistics = head.statistics(limit: 0)
        let counters = head.counters
        let status = status.withLock { $0 }
        let isEmpty = statistics.maxTime == .min
        let minTime = isEmpty ? 0 : Double(statistics.minTime)
        let maxTime = isEmpty ? 0 : Double(statistics.maxTime)
        var list: [DatabaseMetric] = []
        func gauge(_ name: String, _ help: String, _ value: Double) {
            list.append(DatabaseMetric("prometheus_tsdb_" + name, help, .gauge, value))
        }
        func counter(_ name: String, _ help: String, _ value: UInt64) {
            list.append(DatabaseMetric("prometheus_tsdb_" + name, help, .counter, Double(value)))
        }
        gauge(
            "decoded_samples_bytes", "Memory taken by samples of blocks that are kept decoded.",
            Double(decoded.byteCount))
        gauge("head_series", "Total number of series in the head block.", Double(statistics.numSeries))
        gauge("head_chunks", "Total number of chunks in the head block.", Double(statistics.chunkCount))
        gauge("head_min_time", "Minimum time bound of the head block, in milliseconds.", minTime)
        gauge("head_max_time", "Maximum timestamp of the head block, in milliseconds.", maxTime)
        gauge("head_min_time_seconds", "Minimum time bound of the head block.", minTime / 1000)
        gauge("head_max_time_seconds", "Maximum timestamp of the head block.", maxTime / 1000)
        list.append(
            DatabaseMetric(
                "prometheus_tsdb_head_samples_appended_total", "Total number of appended samples.", .counter,
                Double(counters.samplesAppended), labels: [("type", "float")]))
        list.append(
            DatabaseMetric(
                "prometheus_tsdb_head_samples_appended_total", "Total number of appended samples.", .counter,
                Double(counters.histogramsAppended), labels: [("type", "histogram")]))
        counter(
            "head_series_created_total", "Total number of series created in the head.", counters.seriesCreated
        )
        counter(
            "head_series_removed_total", "Total number of series removed in the head.", counters.seriesRemoved
        )
        counter(
            "head_series_refused_total", "New series refused because of the limit.", counters.seriesRefused)
        counter(
            "head_chunks_created_total", "Total number of chunks created in the head.", counters.chunksCreated
        )
        counter(
            "head_chunks_removed_total", "Total number of chunks removed in the head.", counters.chunksRemoved
        )
        counter(
            "out_of_order_samples_total", "Samples refused because they were out of order.",
            counters.outOfOrder)
        counter(
            "out_of_bound_samples_total", "Samples refused because they were too old.", counters.outOfBounds)
        counter(
            "too_far_ahead_samples_total",
            "Samples refused because they lie more than ten minutes ahead of the clock.",
            counters.tooFarAhead)
        counter("wal_writes_failed_total", "Failed writes to the write-ahead log.", counters.walWriteFailures)
        counter("wal_fsyncs_failed_total", "Failed fsyncs of the write-ahead log.", counters.walFsyncFailures)
        counter(
            "wal_corruptions_total", "Damaged places found in the write-ahead log.", counters.walCorruptions)
        counter(
            "snapshot_replay_error_total", "Total number snapshot replays that failed.",
            counters.snapshotFailures)
        counter("mmap_chunk_corruptions_total", "Damaged head chunk files.", counters.headChunkDamages)
        gauge("wal_segment_current", "Number of the log segment that is written.", Double(currentSegment))
        gauge(
            "data_replay_duration_seconds", "Time that reading the log took.",
            Double(status.replayNanoseconds) / 1e9)
        counter("wal_fsync_duration_seconds_count", "Fsyncs of the log.", status.fsyncCount)
        list.append(
            DatabaseMetric(
                "prometheus_tsdb_wal_fsync_duration_seconds_sum", "Seconds spent in fsyncs of the log.",
                .counter,
                Double(status.fsyncNanoseconds) / 1e9))
        gauge(
            "retention_limit_seconds", "How long data is kept; 0 is for ever.",
            Double(options.retention) / 1000)
        gauge(
            "retention_limit_bytes", "How many bytes are kept; 0 is no bound.", Double(options.retentionBytes)
        )
        gauge(
            "retention_limit_percentage", "Share of the file system that is kept; 0 is no bound.",
            options.retentionPercentage)
        gauge("head_series_limit", "How many series are taken; 0 is no bound.", Double(options.seriesLimit))
        gauge(
            "head_series_over_limit_at_start", "Series that the log had at start beyond the limit.",
            Double(status.seriesOverLimit))
        list += exemplarMetrics()
        let open = blocks.withLock { $0 }
        let lowest = open.map { Double($0.meta.minTime) }.min() ?? minTime
        gauge("lowest_timestamp_seconds", "Lowest timestamp stored.", lowest / 1000)
        gauge("blocks_loaded", "Number of currently loaded data blocks.", Double(open.count))
        gauge(
            "blocks_damaged", "Blocks that were set aside or cannot be read.", Double(status.badBlocks.count))
        gauge(
            "damaged_places", "Places known to be damaged or missing, of which queries warn.",
            Double(head.damages.count))
        gauge(
            "storage_blocks_bytes", "Bytes of all blocks on disk.",
            Double(open.reduce(0) { $0 + $1.byteCount }))
        gauge(
            "symbol_table_size_bytes", "Memory that the symbol tables of open blocks take.",
            Double(open.reduce(0) { $0 + $1.index.symbolTableBytes }))
        counter("compactions_total", "Blocks written of the head or merged.", status.compactionCount)
        counter("compactions_failed_total", "Compactions that failed.", status.compactionFailureCount)
        list.append(
            DatabaseMetric(
                "prometheus_tsdb_compaction_duration_seconds_sum", "Seconds spent in compactions.", .counter,
                Double(status.compactionNanoseconds) / 1e9))
        counter("compaction_duration_seconds_count", "Compactions that were timed.", status.compactionCount)
        counter(
            "time_retentions_total", "Times that blocks were deleted because of their age.",
            status.timeRetentionCount)
        counter(
            "size_retentions_total", "Times that blocks were deleted because of the size.",
            status.sizeRetentionCount)
        counter("checkpoint_creations_total", "Checkpoints of the log.", status.checkpointCount)
        counter(
            "checkpoint_creations_failed_total", "Checkpoints that failed.", status.checkpointFailureCount)
        counter("reloads_total", "Times that the blocks were looked at.", status.reloadCount)
        counter(
            "reloads_failures_total", "Times that a block could not be opened.", status.reloadFailureCount)
        return list
    }

    private func exemplarMetrics() -> [DatabaseMetric] {
        let (counters, count, seriesCount) = head.exemplars.withLock {
            ($0.counters, $0.count, $0.seriesCount)
        }
        let prefix = "prometheus_tsdb_exemplar_"
        return [
            DatabaseMetric(
                prefix + "exemplars_appended_total", "Total number of appended exemplars.", .counter,
                Double(counters.appended)),
            DatabaseMetric(
                prefix + "out_of_order_exemplars_total", "Exemplars refused because they were out of order.",
                .counter, Double(counters.outOfOrder)),
            DatabaseMetric(
                prefix + "exemplars_in_storage", "Number of exemplars currently in memory.", .gauge,
                Double(count)),
            DatabaseMetric(
                prefix + "series_with_exemplars_in_storage", "Number of series with exemplars in memory.",
                .gauge, Double(seriesCount)),
            DatabaseMetric(
                prefix + "last_exemplars_timestamp_seconds", "The time of the exemplar added last.", .gauge,
                Double(counters.lastTime) / 1000),
            DatabaseMetric(
                prefix + "max_exemplars", "How many exemplars are kept at most.", .gauge,
                Double(max(options.exemplarLimit, 0))),
        ]
    }

    private var currentSegment: Int {
        head.appendLock.withLock { _ in head.wal?.segment ?? 0 }
    }
}
