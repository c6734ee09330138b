import Testing

@testable import Platform

@Suite struct ProgramCodeTests {
    @Test(arguments: [
        (
            "55d0a0000000-55d0a0003000 r-xp 00000000 fe:00 1234                       /usr/local/bin/martlet\n",
            true
        ),
        ("7f00a0000000-7f00a0003000 r-xp 00000000 fe:00 99 /usr/lib/a b.so (deleted)\n", true),
        ("55d0a0000000-55d0a0003000 r--p 00000000 fe:00 1234 /usr/local/bin/martlet\n", true),
        ("55d0a0000000-55d0a0003000 rw-p 00000000 fe:00 1234 /usr/local/bin/martlet\n", false),
        ("55d0a0000000-55d0a0003000 rwxp 00000000 fe:00 1234 /usr/local/bin/martlet\n", false),
        ("7ffe00000000-7ffe00002000 r-xp 00000000 00:00 0 [vdso]\n", false),
        ("7f0000000000-7f0000001000 r-xp 00000000 00:00 0\n", false), ("", false),
        ("a-b-c r-xp 0 0 0 /x\n", false),
        ("5000-4000 r-xp 0 0 0 /x\n", false),
    ])
    func onlyWhatFilesHoldForGood(line: String, isConstant: Bool) {
        #expect((ProgramCode.constantRange(line) != nil) == isConstant)
    }

    @Test func anonymousPagesAreRead() {
        #expect(ProgramCode.anonymousSize("Anonymous:          1460 kB\n") == 1460)
        #expect(ProgramCode.anonymousSize("Anonymous:             0 kB\n") == 0)
        #expect(ProgramCode.anonymousSize("AnonHugePages:         0 kB\n") == nil)
        #expect(ProgramCode.anonymousSize("Anonymous:\n") == nil)
    }

    /// The program goes on after it, with all that it knew.
    @Test func nothingIsLost() {
        let before = (0..<1000).map { "\($0 * 7)" }
        for _ in 0..<3 { ProgramCode.unmapUnused() }
        #expect((0..<1000).map { "\($0 * 7)" } == before)
    }
}
