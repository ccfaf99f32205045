import CustomDump
import MatrixModel
import Testing

struct RoomVersionRulesTests {
    @Test func `the table of versions and rules is the golden one`() {
        #expect(Self.table() == Self.golden, "\(diff(Self.table(), Self.golden) ?? "")")
    }

    @Test func `every version of the specification has its row`() {
        #expect(RoomVersion.allCases.map(\.rawValue) == (1...12).map(String.init))
        for version in RoomVersion.allCases {
            #expect(version.rules.version == version)
            #expect(RoomVersion(version.rawValue) == version)
            #expect(version.isStable)
        }
        #expect(RoomVersion.recommended == .v12)
    }

    @Test(arguments: ["", "0", "13", "01", "1.0", "org.matrix.msc2176", " 1", "１"]) func `other versions are unknown`(name: String) {
        #expect(RoomVersion(name) == nil)
    }

    @Test func `a row is small enough to stand in each event`() {
        #expect(MemoryLayout<RoomVersionRules>.size <= 64)
    }

    /// One line for each rule, one column for each version; yes is `●`.
    private static func table() -> String {
        let rows = RoomVersion.allCases.map { Array(Mirror(reflecting: $0.rules).children) }
        var lines: [String] = []
        for (position, rule) in rows[0].enumerated() where rule.label != "version" {
            let cells = rows.map { row in
                let value = row[position].value
                let cell = (value as? Bool).map { $0 ? "●" : "·" } ?? "\(value)"
                return cell + String(repeating: " ", count: max(0, 12 - cell.count))
            }
            let name = rule.label ?? ""
            var line = name + String(repeating: " ", count: max(1, 36 - name.count)) + cells.joined()
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    private static let golden = """
        eventIDFormat                       given       given       hash        urlSafeHash urlSafeHash urlSafeHash urlSafeHash urlSafeHash urlSafeHash urlSafeHash urlSafeHash urlSafeHash
        referencesCarryHashes               ●           ●           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·
        roomIDIsCreateHash                  ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●
        strictCanonicalJSON                 ·           ·           ·           ·           ·           ●           ●           ●           ●           ●           ●           ●
        redactsInContent                    ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        requiresEventIDServerSignature      ●           ●           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·
        enforcesKeyValidity                 ·           ·           ·           ·           ●           ●           ●           ●           ●           ●           ●           ●
        stateResolution                     v1          v2          v2          v2          v2          v2          v2          v2          v2          v2          v2          v2_1
        implicitRoomCreator                 ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        allowsAdditionalCreators            ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●
        creatorsHaveInfinitePower           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●
        createEventInAuthEvents             ●           ●           ●           ●           ●           ●           ●           ●           ●           ●           ●           ·
        specialCasesAliases                 ●           ●           ●           ●           ●           ·           ·           ·           ·           ·           ·           ·
        redactionPowerInAuthRules           ●           ●           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·
        allowsKnocking                      ·           ·           ·           ·           ·           ·           ●           ●           ●           ●           ●           ●
        allowsRestrictedJoins               ·           ·           ·           ·           ·           ·           ·           ●           ●           ●           ●           ●
        allowsKnockRestricted               ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●           ●
        limitsNotificationsPower            ·           ·           ·           ·           ·           ●           ●           ●           ●           ●           ●           ●
        integerPowerLevels                  ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●           ●
        allowsFloatPowerLevels              ●           ●           ●           ●           ●           ·           ·           ·           ·           ·           ·           ·
        keepsLegacyKeysOnRedaction          ●           ●           ●           ●           ●           ●           ●           ●           ●           ●           ·           ·
        keepsAliasesOnRedaction             ●           ●           ●           ●           ●           ·           ·           ·           ·           ·           ·           ·
        keepsAllowOnRedaction               ·           ·           ·           ·           ·           ·           ·           ●           ●           ●           ●           ●
        keepsJoinAuthorisedViaOnRedaction   ·           ·           ·           ·           ·           ·           ·           ·           ●           ●           ●           ●
        keepsAllCreateContent               ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        keepsRedactsOnRedaction             ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        keepsInviteInPowerLevels            ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        keepsThirdPartySignedOnly           ·           ·           ·           ·           ·           ·           ·           ·           ·           ·           ●           ●
        """
}
