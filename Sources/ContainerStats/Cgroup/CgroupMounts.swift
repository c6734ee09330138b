/// Where a machine's control groups are mounted.
struct CgroupMounts: Equatable {
    enum Version { case v1, v2 }

    var version: Version
    /// Folder by `Controller.rawValue`; nil where the machine has no such controller.
    var folders: [String?]

    /// Looks below `root` (normally ""), first for a unified hierarchy, then in the mount table, then
    /// for folders named as controllers, as recorded machines have them.
    ///
    /// - Returns: nil when there is no cgroup file system.
    init?(root: String, procfs: String, reader: inout FileReader) {
        let base = root + "/sys/fs/cgroup"
        folders = Array(repeating: nil, count: Controller.allCases.count)
        if KernelPath.exists(base + "/cgroup.controllers") {
            version = .v2
            folders[Controller.unified.rawValue] = base
            return
        }
        version = .v1
        for mount in MountTable.read(procfs + "/self/mountinfo", reader: &reader) {
            switch mount.type {
            case "cgroup":
                for option in mount.superOptions.split(separator: ",") {
                    add(String(option), folder: root + mount.mountPoint)
                }
            case "cgroup2": add(Controller.unified.name, folder: root + mount.mountPoint)
            default: continue
            }
        }
        for name in KernelPath.list(base, foldersOnly: true).sorted() {
            for part in name.split(separator: ",") { add(String(part), folder: base + "/" + name) }
        }
        if folders.allSatisfy({ $0 == nil }) { return nil }
    }

    private mutating func add(_ name: String, folder: String) {
        guard let controller = Controller.allCases.first(where: { $0.name == name }),
            folders[controller.rawValue] == nil, KernelPath.isFolder(folder)
        else { return }
        folders[controller.rawValue] = folder
    }

    func folder(_ controller: Controller) -> String? { folders[controller.rawValue] }

    /// The folders that are walked to find cgroups, the one that is always looked at first.
    var trees: [String] {
        if version == .v2 { return folder(.unified).map { [$0] } ?? [] }
        var result: [String] = []
        for controller in [Controller.memory, .cpu, .cpuacct, .blkio, .pids, .unified] {
            if let folder = folder(controller), !result.contains(folder) { result.append(folder) }
        }
        return result
    }
}
