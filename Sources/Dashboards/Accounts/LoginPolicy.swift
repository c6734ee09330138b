/// Limits of sessions and logins; the original's values.
public struct LoginPolicy: Sendable {
    /// Milliseconds without a request after which a session ends: 7 days.
    public var idleMax: Int64 = 7 * 86_400_000
    /// Milliseconds after which a session ends in any case: 30 days.
    public var lifetimeMax: Int64 = 30 * 86_400_000
    /// Milliseconds after which a token is replaced: 10 minutes.
    public var rotationInterval: Int64 = 600_000
    /// Milliseconds for which a replaced token is still taken, for requests under way.
    public var rotationGrace: Int64 = 30_000
    /// Milliseconds in which failures are counted: 5 minutes.
    public var failureWindow: Int64 = 300_000
    /// Failures of one name from one address after which it is refused.
    public var failuresMax = 5
    /// Failures of one address, whatever the names, after which it is refused.
    public var addressFailuresMax = 50

    public init() {}
}
