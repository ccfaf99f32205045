import MatrixModel

extension AuthContext {
    /// The rules on `m.room.power_levels`.
    func authorizePowerLevels() throws(AuthRejection) {
        let new = try PowerLevelTable(checking: event.content, rules)
        if rules.creatorsHaveInfinitePower {
            let creators = RoomCreators(of: create)
            if new.users.contains(where: { creators.contains($0.key) }) { throw .powerLevelsNameCreator }
        }
        guard let current = state.event(at: .powerLevels) else { return }
        let old = PowerLevelTable(reading: current.content, rules)
        let own = senderLevel
        try compare(old.levels, new.levels, own)
        try compare(old.events, new.events, own)
        if rules.limitsNotificationsPower { try compare(old.notifications, new.notifications, own) }
        try compareUsers(old.users, new.users, own)
    }

    private func compare(_ old: [PowerLevelTable.Entry], _ new: [PowerLevelTable.Entry], _ own: Int) throws(AuthRejection) {
        for change in PowerLevelTable.changes(from: old, to: new) {
            if let level = change.old, level > own { throw .changesPowerLevelAboveOwn(change.key) }
            if let level = change.new, level > own { throw .setsPowerLevelAboveOwn(change.key) }
        }
    }

    private func compareUsers(_ old: [PowerLevelTable.Entry], _ new: [PowerLevelTable.Entry], _ own: Int) throws(AuthRejection) {
        for change in PowerLevelTable.changes(from: old, to: new) {
            if let level = change.old, level >= own, !change.key.hasSameBytes(as: event.sender.description) {
                throw .changesUserOfEqualPower(change.key)
            }
            if let level = change.new, level > own { throw .setsPowerLevelAboveOwn(change.key) }
        }
    }
}
