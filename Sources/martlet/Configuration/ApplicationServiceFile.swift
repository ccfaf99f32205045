import ClientServices
import FoundationEssentials
import Yams

/// Reads the registration file of an application service (application-service API, "Registration").
enum ApplicationServiceFile {
    /// Keys that some registrations carry and that ask nothing of this server are passed over, as other servers do.
    static func read(_ path: String) throws(ConfigurationError) -> ApplicationServiceRegistration {
        let root: Node?
        do {
            root = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
        } catch let error as YamlError {
            throw .syntax(file: path, reason: "\(error)")
        } catch {
            throw .unreadable(file: path, reason: "there is none, or it is not readable text")
        }
        guard case .mapping(let mapping)? = root else { throw .syntax(file: path, reason: "the file must be a mapping.") }
        let file = ConfigurationSection(path: path, mapping: mapping, environment: nil)
        let namespaces = try file.section("namespaces")
        let receivesEphemeral = try file.bool("receive_ephemeral")
        let receivedEphemeralBefore = try file.bool("de.sorunome.msc2409.push_ephemeral")
        return ApplicationServiceRegistration(
            id: try required("id", file), url: try file.string("url"), serviceToken: Secret(try required("as_token", file)),
            homeserverToken: Secret(try required("hs_token", file)), senderLocalpart: try required("sender_localpart", file),
            isRateLimited: try file.bool("rate_limited") ?? true, userNamespaces: try list("users", namespaces),
            aliasNamespaces: try list("aliases", namespaces), roomNamespaces: try list("rooms", namespaces),
            protocols: try file.strings("protocols") ?? [],
            receivesEphemeral: receivesEphemeral ?? receivedEphemeralBefore ?? false)
    }

    private static func required(_ key: String, _ file: ConfigurationSection) throws(ConfigurationError) -> String {
        guard let value = try file.string(key), !value.isEmpty else { throw .invalid(file.name(of: key), reason: "is missing.") }
        return value
    }

    private static func list(
        _ key: String, _ namespaces: ConfigurationSection
    ) throws(ConfigurationError) -> [ApplicationServiceRegistration.Namespace] {
        var list: [ApplicationServiceRegistration.Namespace] = []
        for entry in try namespaces.sections(key) ?? [] {
            let expression = try required("regex", entry)
            let isExclusive = try entry.bool("exclusive") ?? false
            do {
                list.append(try .init(isExclusive: isExclusive, expression: expression))
            } catch {
                throw .invalid(entry.name(of: "regex"), reason: "'\(expression)' is not a regular expression.")
            }
        }
        return list
    }
}
