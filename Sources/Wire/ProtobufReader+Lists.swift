/// Repeated numbers, packed into one field or not.
extension ProtobufReader {
    /// A `repeated sint64`.
    public mutating func appendSigned(_ field: Field, to list: inout [Int64]) throws(WireError) {
        guard field.type == .lengthDelimited else { return list.append(try signedVarint()) }
        var packed = ByteReader(try bytes())
        while !packed.isAtEnd { list.append(try packed.signedVarint()) }
    }

    /// A `repeated double`.
    public mutating func appendDoubles(_ field: Field, to list: inout [Double]) throws(WireError) {
        guard field.type == .lengthDelimited else { return list.append(try double()) }
        var packed = ByteReader(try bytes())
        while !packed.isAtEnd { list.append(Double(bitPattern: try packed.littleEndian64())) }
    }

    /// A `repeated uint32`.
    public mutating func appendUnsigned(_ field: Field, to list: inout [UInt32]) throws(WireError) {
        guard field.type == .lengthDelimited else {
            return list.append(UInt32(truncatingIfNeeded: try varint()))
        }
        var packed = ByteReader(try bytes())
        while !packed.isAtEnd { list.append(try packed.unsignedVarint32()) }
    }
}
