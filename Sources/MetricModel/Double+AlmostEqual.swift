extension Double {
    /// Whether two numbers are equal but for rounding: their difference relative to the sum of their
    /// sizes is below the tolerance. NaN equals NaN, a staleness marker only another one.
    public func isAlmostEqual(to other: Double, tolerance: Double) -> Bool {
        if isStaleMarker || other.isStaleMarker { return isStaleMarker && other.isStaleMarker }
        if isNaN && other.isNaN { return true }
        if self == other { return true }
        let sum = magnitude + other.magnitude
        let difference = (self - other).magnitude
        if self == 0 || other == 0 || sum < .leastNormalMagnitude {
            return difference < tolerance * .leastNormalMagnitude
        }
        return difference / Swift.min(sum, .greatestFiniteMagnitude) < tolerance
    }
}
