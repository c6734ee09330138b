/// The readable part of a dashboard's address: lower-case letters, digits and single hyphens.
public enum Slug {
    public static func make(_ title: String) -> String {
        var result = ""
        for character in title.lowercased() {
            if character.isLetter || character.isNumber {
                result.append(character)
            } else if !result.isEmpty, !result.hasSuffix("-") {
                result.append("-")
            }
            if result.utf8.count > 120 { break }
        }
        while result.hasSuffix("-") { result.removeLast() }
        return result.isEmpty ? "-" : result
    }
}
