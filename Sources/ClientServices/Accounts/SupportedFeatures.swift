import MatrixModel

/// What `/versions` and `/capabilities` tell: the one list of what works here.
enum SupportedFeatures {
    /// The specification's versions, the oldest first.
    static let versions: [String] = ["r0.5.0", "r0.6.0", "r0.6.1"] + (1...19).map { "v1.\($0)" }

    /// Experimental features that really work; each is a promise to clients.
    static let unstable: [String: Bool] = [
        "org.matrix.e2e_cross_signing": true,
        "org.matrix.msc3814": true,
        "org.matrix.msc3916.stable": true,
        "org.matrix.simplified_msc3575": true,
        "org.matrix.msc4306": true,
        "org.matrix.msc4140": true,
        "org.matrix.msc4143": true,
        "org.matrix.msc4354": true,
        "org.matrix.msc4380": true,
        "org.matrix.msc4380.stable": true,
        "uk.timedout.msc4323": true,
        "im.nheko.summary": true,
        "org.matrix.msc2946": true,
        "org.matrix.msc3030": true,
        "org.matrix.msc3266": true,
        "uk.half-shot.msc2666.query_mutual_rooms": true,
        "uk.half-shot.msc2666.query_mutual_rooms.stable": true,
        "uk.tcpip.msc4133": true,
        "uk.tcpip.msc4133.stable": true,
    ]

    /// The capabilities of a person on this server.
    static func capabilities(defaultRoomVersion: RoomVersion) -> JSONValue {
        let available = RoomVersion.allCases.map { ($0.rawValue, JSONValue.string("stable")) }
        return [
            "m.room_versions": [
                "default": .string(defaultRoomVersion.rawValue),
                "available": .object(Dictionary(uniqueKeysWithValues: available)),
            ],
            "m.change_password": ["enabled": true],
            "m.set_displayname": ["enabled": true],
            "m.set_avatar_url": ["enabled": true],
            "m.3pid_changes": ["enabled": false],
            "m.get_login_token": ["enabled": true],
            "m.profile_fields": ["enabled": true],
            "m.forget_forced_upon_leave": ["enabled": false],
        ]
    }
}
