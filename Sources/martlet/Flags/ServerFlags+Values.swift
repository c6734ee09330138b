extension ServerFlags {
    /// What `/api/v1/status/flags` shows.
    var values: [String: String] {
        [
            "config.file": configFile,
            "config.auto-reload": "\(autoReload)",
            "config.auto-reload-interval": autoReloadInterval.description,
            "web.listen-address": listenAddresses.isEmpty
                ? "0.0.0.0:9090" : listenAddresses.map(\.description).joined(separator: ","),
            "web.config.file": web.configFile,
            "web.read-timeout": web.readTimeout.description,
            "web.max-connections": "\(web.connectionsMax)",
            "web.max-notifications-subscribers": "\(web.subscribersMax)",
            "web.external-url": web.externalURL,
            "web.route-prefix": WebPlace(self, port: 0).routePrefix.isEmpty
                ? "/" : WebPlace(self, port: 0).routePrefix,
            "web.page-title": web.pageTitle,
            "web.cors.origin": web.crossOrigin.text,
            "web.enable-lifecycle": "\(web.enableLifecycle)",
            "web.enable-admin-api": "\(web.enableAdminAPI)",
            "web.enable-remote-write-receiver": "\(web.enableRemoteWriteReceiver)",
            "web.remote-write-receiver.accepted-protobuf-messages":
                (web.acceptedMessages.isEmpty ? [.version1] : web.acceptedMessages).map(\.rawValue).joined(
                    separator: ","),
            "storage.tsdb.path": storagePath,
            "storage.tsdb.retention.time": retentionTime?.description ?? "0s",
            "storage.tsdb.retention.size": storage.retentionSize?.description ?? "0B",
            "storage.tsdb.wal-fsync-interval": storage.walFsyncInterval.description,
            "storage.tsdb.retention.percentage": "\(storage.retentionPercentage ?? 0)",
            "storage.tsdb.memory-limit": SizeFlag(storage.memory).description,
            "storage.tsdb.max-series": "\(storage.seriesLimit)",
            "storage.tsdb.min-block-duration": storage.minBlockDuration.description,
            "storage.tsdb.max-block-duration": storage.maxBlockDuration?.description ?? "0s",
            "storage.tsdb.wal-segment-size": storage.walSegmentSize.description,
            "storage.tsdb.wal-compression": "\(storage.walCompression)",
            "storage.tsdb.wal-compression-type": storage.walCompressionType.rawValue,
            "storage.tsdb.head-snapshot": "\(storage.takesHeadSnapshot)",
            "storage.tsdb.samples-per-chunk": "\(storage.samplesPerChunk)",
            "storage.remote.read-sample-limit": "\(query.remoteReadSamplesMax)",
            "storage.remote.read-concurrent-limit": "\(query.remoteReadConcurrency)",
            "rules.alert.for-outage-tolerance": rules.outageTolerance.description,
            "rules.alert.for-grace-period": rules.gracePeriod.description,
            "rules.alert.resend-delay": rules.resendDelay.description,
            "rules.max-concurrent-evals": "\(rules.concurrency)",
            "alertmanager.notification-queue-capacity": "\(rules.queueCapacity)",
            "alertmanager.notification-batch-size": "\(rules.batchSize)",
            "alertmanager.drain-notification-queue-on-shutdown": "\(rules.drainsQueue)",
            "query.lookback-delta": query.lookbackDelta.description,
            "query.timeout": query.timeout.description,
            "query.max-concurrency": "\(query.concurrency)",
            "query.max-samples": "\(query.samplesMax)",
            "query.max-memory": query.memoryMax?.description ?? "\(SizeFlag(Int64(QueryMemory.standard)))",
            "query.decoded-memory": SizeFlag(Int64(query.decodedBytesMax)).description,
            "enable-feature": featureLists.joined(separator: ","),
        ]
    }
}
