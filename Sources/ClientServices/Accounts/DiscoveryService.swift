import MatrixAPI
import MatrixModel

/// Tells clients where they are and what works here.
struct DiscoveryService: Sendable {
    let configuration: AccountConfiguration
    /// Whether people can add e-mail addresses.
    var offersContacts = false

    var routes: RouteTable {
        var table = RouteTable()
        table.on(GetVersions.self) { _, _ in
            GetVersions.Response(versions: SupportedFeatures.versions, unstableFeatures: SupportedFeatures.unstable)
        }
        table.on(GetCapabilities.self) { caller, _ in
            var capabilities = SupportedFeatures.capabilities(defaultRoomVersion: configuration.defaultRoomVersion)
            capabilities["io.element.msc4452.preview_url"] = ["enabled": .bool(configuration.previewsLinks)]
            if offersContacts { capabilities["m.3pid_changes"] = ["enabled": .bool(!caller.isGuest)] }
            capabilities["org.matrix.msc4140.delayed_events"] = configuration.delayedEvents.capability
            capabilities["m.delayed_events"] = configuration.delayedEvents.capability
            if caller.isGuest {
                capabilities["m.change_password"] = ["enabled": false]
                capabilities["m.set_avatar_url"] = ["enabled": false]
                capabilities["m.get_login_token"] = ["enabled": false]
                capabilities["m.profile_fields"] = ["enabled": true, "allowed": ["displayname"]]
            }
            if caller.isAdmin {
                for name in ["m.account_moderation", "uk.timedout.msc4323"] { capabilities[name] = ["suspend": true, "lock": true] }
            }
            capabilities["uk.tcpip.msc4133.profile_fields"] = capabilities["m.profile_fields"]
            return JSONResponse(["capabilities": capabilities])
        }
        table.on(GetClientWellKnown.self) { _, _ in
            guard let document = clientWellKnown else { throw DiscoveryService.nothing }
            return JSONResponse(document)
        }
        table.on(GetSupportWellKnown.self) { _, _ in
            guard let document = support else { throw DiscoveryService.nothing }
            return JSONResponse(document)
        }
        return table
    }

    /// The document of `/.well-known/matrix/client`; nil where no base URL is set.
    var clientWellKnown: JSONValue? {
        guard let url = configuration.publicBaseURL else { return nil }
        var document = configuration.clientWellKnown
        document["m.homeserver"] = ["base_url": .string(url)]
        return .object(document)
    }

    private var support: JSONValue? {
        guard !configuration.supportContacts.isEmpty || configuration.supportPage != nil else { return nil }
        var document: JSONValue = [:]
        if !configuration.supportContacts.isEmpty { document["contacts"] = .array(configuration.supportContacts) }
        document["support_page"] = configuration.supportPage.map(JSONValue.string)
        return document
    }

    private static let nothing = MatrixError(404, .notFound, "Nothing is published here.")
}
