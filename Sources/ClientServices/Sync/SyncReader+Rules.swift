import MatrixAPI
import MatrixModel
import Storage

extension SyncReader {
    /// Account data whose change counts all rooms anew.
    static let countingTypes: Set<String> = [PushRuleService.accountDataType, "m.ignored_user_list"]

    /// Tells the rooms whose counts another set of push rules or ignored users changed, and of which nothing else is told.
    func addRecounted(to answer: inout SyncAnswer, since changes: [AccountDataEntry]) throws {
        guard !query.fullState, changes.contains(where: { SyncReader.countingTypes.contains($0.type) }) else { return }
        let told = Set(answer.joined.map(\.0))
        for row in try reader.memberships.memberships(of: user) where row.membership == .join {
            guard let room = try room(row), !told.contains(room.id) else { continue }
            let counts = try unread.unread(in: room, through: head, membership: row)
            guard counts.changed > query.from else { continue }
            var joined = SyncAnswer.JoinedRoom(previousBatch: TimelineToken(place: TimelineOrder.end(of: head)))
            joined.unread = counts
            answer.joined.append((room.id, joined))
        }
    }

    /// The account's push rules with the server's defaults; in an initial sync also those of who never changed any.
    func pushRules(_ entries: [AccountDataEntry]) -> JSONFragment? {
        let stored = entries.first { $0.type == PushRuleService.accountDataType }
        guard stored != nil || query.since == nil,
            query.filter.accountData.admits(type: PushRuleService.accountDataType, sender: user.description)
        else { return nil }
        return .encoded(shared.ruleTexts.event(stored, of: user))
    }
}
