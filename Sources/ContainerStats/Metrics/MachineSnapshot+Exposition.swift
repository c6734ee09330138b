public import Exposition

extension MachineSnapshot {
    /// The metrics of the snapshot under cAdvisor's names, without an end. Families come sorted by
    /// name, containers by path.
    ///
    /// - Parameters:
    ///   - groups: which groups to write; they must have been read.
    ///   - hasTimestamps: whether samples carry the time of their reading. Off by default, because
    ///     Prometheus does not notice the end of series with explicit times.
    ///   - isShown: chooses among the containers.
    public func exposition(
        as format: ExpositionFormat, groups: Set<MetricGroup> = MetricGroup.defaultEnabled,
        hasTimestamps: Bool = false, where isShown: (ContainerSnapshot) -> Bool = { _ in true }
    ) -> [UInt8] {
        let shown = containers.filter(isShown)
        // Some sixty series each, of a name, a number and the labels.
        let capacity = shown.reduce(20_000) { $0 + ($1.labelText.count + 60) * 60 }
        var writer = SampleWriter(
            format: format, hasTimestamps: hasTimestamps, capacity: min(capacity, 1 << 26))
        MachineFamilies.writeVersion(machine, to: &writer)
        var errorIsWritten = false
        for family in ContainerFamily.all {
            if !errorIsWritten, family.name > "container_scrape_error" {
                MachineFamilies.writeContainerError(self, to: &writer)
                errorIsWritten = true
            }
            if let group = family.group, !groups.contains(group) { continue }
            writer.family(family.name, family.type, family.help)
            let isTimed = !family.name.hasPrefix("container_spec_") && !family.name.hasSuffix("_time_seconds")
            for container in shown {
                writer.subject(container.labelText, time: isTimed ? container.sample?.time : nil)
                family.write(container, &writer)
            }
        }
        MachineFamilies.write(machine, groups: groups, to: &writer)
        return writer.writer.output
    }
}
