/// Rows of text in columns.
struct TextTable {
    let header: [String]
    let rows: [[String]]
    let alignsRight: [Bool]
    let minimumWidth: Int

    /// - Parameters:
    ///   - alignsRight: by column; left where it is too short.
    ///   - minimumWidth: characters of each column.
    init(_ header: [String], _ rows: [[String]], alignsRight: [Bool] = [], minimumWidth: Int = 0) {
        self.minimumWidth = minimumWidth
        self.header = header
        self.rows = rows
        self.alignsRight = alignsRight
    }

    /// Lines that end in newlines, no blanks at their ends.
    var text: String {
        let all = (header.isEmpty ? [] : [header]) + rows
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }.map { max($0, minimumWidth) }
        var result = ""
        for row in all {
            var line = ""
            for column in 0..<columns {
                let cell = column < row.count ? row[column] : ""
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                let isRight = column < alignsRight.count && alignsRight[column]
                line += (column > 0 ? "  " : "") + (isRight ? padding + cell : cell + padding)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            result += line + "\n"
        }
        return result
    }
}
