/// Lists of numbers as the kernel writes them: "0-3,8".
enum CPUList {
    /// The numbers, in order; what is no number is passed over. At most 65,536.
    static func parse(_ text: some StringProtocol) -> [Int] {
        var result: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimming) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, last >= first,
                last - first < 65_536, result.count + last - first < 65_536
            else { continue }
            result += first...last
        }
        return result
    }
}
