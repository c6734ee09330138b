import Dashboards
import JSON
import Logging
import MailClient

/// Mails to contact points of the type `email`.
struct AlertMail: Sendable {
    static let missing = "no mail server is set: see the section smtp of grafana.ini"

    /// Addresses of one contact point.
    private static let addressesMax = 100

    private let client: MailClient
    private let from: MailAddress
    private let fromName: String

    /// - Returns: nil when mails are switched off, or cannot be sent as the settings stand; that is logged.
    init?(_ settings: MailSettings, _ logger: Logger) {
        guard settings.isEnabled else { return nil }
        guard let from = MailAddress(settings.fromAddress) else {
            logger.error("smtp.from_address is no address of mail: contact points of type email hear nothing")
            return nil
        }
        var server = MailServer(host: settings.host, port: settings.port)
        server.user = settings.user
        server.password = settings.password
        server.skipsVerification = settings.skipsVerification
        server.encryption = MailServer.Encryption(rawValue: settings.encryption) ?? .opportunistic
        server.identity = settings.identity
        client = MailClient(server)
        self.from = from
        fromName = settings.fromName
    }

    /// - Parameters:
    ///   - id: told apart from other mails by it.
    ///   - time: milliseconds since 1970.
    /// - Throws: `AlertDelivery.Failure`, `CancellationError`.
    func send(_ settings: JSONObject, subject: String, text: String, id: String, time: Int64) async throws {
        let (addresses, others) = MailAddress.list(settings.text("addresses") ?? "")
        if let other = others.first {
            throw AlertDelivery.Failure(
                message: "settings.addresses: \"\(other.prefix(80))\" is no address of mail", isPassing: false
            )
        }
        guard (1...AlertMail.addressesMax).contains(addresses.count) else {
            throw AlertDelivery.Failure(
                message: "settings.addresses: want 1 to \(AlertMail.addressesMax) addresses", isPassing: false
            )
        }
        let groups = settings.flag("singleEmail") == true ? [addresses] : addresses.map { [$0] }
        var failure: AlertDelivery.Failure?
        var isSent = false
        for (index, to) in groups.enumerated() {
            let message = MailMessage(
                from: from, fromName: fromName, to: to, subject: subject, text: text, date: time,
                id: "\(id)t\(time)n\(index)")
            do {
                try await client.send(message)
                isSent = true
            } catch let error as MailError {
                failure = AlertDelivery.Failure(message: error.message, isPassing: error.isPassing)
            }
        }
        // Whoever has the mail does not get it once more at once.
        if isSent { failure?.isPassing = false }
        if let failure { throw failure }
    }
}

extension AlertDelivery {
    func sendMail(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        guard let mail else { throw Failure(message: AlertMail.missing, isPassing: false) }
        try await mail.send(
            settings, subject: texts["subject"] ?? "", text: texts["message"] ?? "",
            id: AlertPayload.key(group), time: group.time)
    }
}
