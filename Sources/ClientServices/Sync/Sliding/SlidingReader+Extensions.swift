import Database
import HashTreeCollections
import MatrixAPI
import MatrixModel
import Storage

extension SlidingReader {
    /// What extensions tell.
    func addExtensions(
        to answer: inout SlidingAnswer, windows: RoomWindows, data: PersonalAccountData, told: ToldRooms, news: NewsWindow,
        known: inout SentRoomsDraft
    ) throws {
        let extensions = query.request.extensions
        let device = DeviceNewsReader(transaction: reader.transaction, user: user, device: query.device)
        if let wish = extensions.toDevice { try addMessages(wish, device, to: &answer) }
        if extensions.encryption { try addEncryption(device, news, to: &answer) }
        if let scope = extensions.accountData { try addAccountData(scope, windows, data, news, &known, to: &answer) }
        if let scope = extensions.receipts { try addReceipts(scope, windows, told, news, &known, to: &answer) }
        if let scope = extensions.typing { try addTyping(scope, windows, news, &known, to: &answer) }
        if let wish = extensions.threadSubscriptions { try addThreadSubscriptions(wish, to: &answer) }
        if let wish = extensions.stickyEvents { try addStickyEvents(wish, windows, told, to: &answer) }
    }

    /// Whether the client's last answer told that extension.
    func wasTold(_ told: ExtensionSet) -> Bool { query.token?.extensions.contains(told) ?? false }

    // MARK: Devices

    /// "The `events` are treated as "acknowledged" when the server receives a new request with the `since` value set to the previous response's
    /// `next_batch` value" (MSC3885).
    private func addMessages(_ wish: SlidingExtensions.Stream, _ device: DeviceNewsReader, to answer: inout SlidingAnswer) throws {
        var since: Position?
        if let text = wish.since {
            guard let position = Position(text), position >= 0 else { throw MatrixError.invalidParam("'since' is not a token of this server.") }
            since = position
        }
        let limit = min(wish.limit ?? KeyLimits.messagesPerSync, KeyLimits.messagesPerSync)
        let news = try device.messages(after: since, head: max(head, since ?? 0), limit: limit)
        if news.hasAcknowledged, let since { answer.acknowledged = since }
        answer.extensions.append(
            (wish.name, .object([("next_batch", .string(String(news.messagesThrough))), ("events", .array(news.messages))])))
        if !news.messages.isEmpty { answer.hasExtensionNews = true }
    }

    private func addEncryption(_ device: DeviceNewsReader, _ news: NewsWindow, to answer: inout SlidingAnswer) throws {
        var found = DeviceNews(messagesThrough: head)
        try device.addKeys(to: &found)
        if let from, wasTold(.encryption) {
            if let window = news.window {
                let rooms = window.rooms.filter { $0.value.stateChanges?.isEmpty != true }.keys.sorted()
                if window.touchesMemberships || !rooms.isEmpty {
                    found.lists = try device.lists(after: from, in: rooms)
                } else if window.touchesDeviceLists {
                    found.lists = try device.listsWithoutMemberships(after: from)
                }
            } else {
                found.lists = try device.lists(after: from, in: nil)
            }
        }
        var members: [(String, JSONFragment)] = [
            ("device_one_time_keys_count", .object(found.oneTimeKeys.map { ($0.algorithm, .integer($0.count)) })),
            ("device_unused_fallback_key_types", .value(.array(found.unusedFallbackKeys.map(JSONValue.string)))),
        ]
        if !found.lists.isEmpty {
            members.append(("device_lists", found.lists.fragment))
            answer.hasExtensionNews = true
        }
        answer.extensions.append(("e2ee", .object(members)))
    }

    // MARK: Account data

    private func addAccountData(
        _ scope: SlidingExtensions.Scope, _ windows: RoomWindows, _ data: PersonalAccountData, _ news: NewsWindow, _ known: inout SentRoomsDraft,
        to answer: inout SlidingAnswer
    ) throws {
        let isAnew = !wasTold(.accountData)
        let entries = isAnew ? data.entries : news.accountData.filter { $0.room == nil }
        var global = entries.filter { $0.type != PushRuleService.accountDataType }.map(SyncReader.fragment)
        // Those who never changed any have the server's default rules.
        if isAnew || global.count != entries.count, let rules = sync.pushRules(entries) { global.append(rules) }
        let changed = Dictionary(grouping: news.accountData.filter { $0.room != nil }, by: \.room)
        let scoped = scoped(windows, scope)
        try markMissed(Set(changed.keys.compactMap { $0?.description }), isAnew: isAnew, scoped, \.dataSince, &known)

        var rooms: [(String, JSONFragment)] = []
        let untold = scoped.rooms.filter { isAnew || known.rooms[$0.room.room]?.dataSince != nil }.compactMap { RoomID($0.room.id) }
        let stored = untold.isEmpty ? [:] : try shared.accountData.rooms(untold, in: data, of: user, reader.transaction)
        for wanted in scoped.rooms {
            guard let noted = known.rooms[wanted.room.room], let id = RoomID(wanted.room.id) else { continue }
            let since = isAnew ? 0 : noted.dataSince
            var entries = changed[id] ?? []
            if let since { entries = (stored[id] ?? []).filter { $0.position > since } }
            if noted.dataSince != nil { known.change(wanted.room.room) { $0.dataSince = nil } }
            if !entries.isEmpty { rooms.append((wanted.room.id, .array(entries.map(SyncReader.fragment)))) }
        }
        guard !global.isEmpty || !rooms.isEmpty else { return }
        answer.extensions.append(
            ("account_data", .object([("global", .array(global)), ("rooms", .object(rooms))])))
        answer.hasExtensionNews = true
    }

    // MARK: Receipts

    private func addReceipts(
        _ scope: SlidingExtensions.Scope, _ windows: RoomWindows, _ told: ToldRooms, _ news: NewsWindow, _ known: inout SentRoomsDraft,
        to answer: inout SlidingAnswer
    ) throws {
        let store = ReceiptStore(reader.transaction)
        let isAnew = !wasTold(.receipts)
        let scoped = scoped(windows, scope)
        try markMissed(Set(news.receipts.map(\.description)), isAnew: isAnew, scoped, \.receiptsSince, &known)
        var rooms: [(String, JSONFragment)] = []
        let untold = scoped.rooms.filter { told.shown[$0.room.room] != nil || isAnew || known.rooms[$0.room.room]?.receiptsSince == 0 }
        let read = untold.isEmpty ? [] : try RoomListQueries(reader.transaction).roomsWithReceipts(among: untold.compactMap { RoomID($0.room.id) })
        for wanted in scoped.rooms where wanted.room.membership == .join {
            guard let noted = known.rooms[wanted.room.room], let id = RoomID(wanted.room.id) else { continue }
            let since = isAnew ? 0 : noted.receiptsSince
            var receipts: [Receipt] = []
            if noted.receiptsSince != nil { known.change(wanted.room.room) { $0.receiptsSince = nil } }
            // Where nobody has read, there is nothing to look for.
            let isAsked = since == 0 || told.shown[wanted.room.room] != nil
            if isAsked, !read.contains(id) { continue }
            if let since, since > 0 {
                receipts = try store.receipts(room: id, viewer: user, after: since, through: head)
            } else if since == nil, news.receipts.contains(id), let from {
                receipts = try store.receipts(room: id, viewer: user, after: from, through: head)
            }
            if isAsked {
                let events = try told.shown[wanted.room.room] ?? newestEvents(wanted.room, noted)
                receipts = try ofEvents(events, id, besides: receipts)
            }
            // One event has no place for two receipts of a person, which threads may bring: the one of no thread goes before.
            if let event = ReceiptContent.events(receipts.sorted { ($0.thread == nil ? 0 : 1) < ($1.thread == nil ? 0 : 1) }).first {
                rooms.append((wanted.room.id, .value(event)))
            }
        }
        guard !rooms.isEmpty else { return }
        answer.extensions.append(("receipts", .object([("rooms", .object(rooms))])))
        answer.hasExtensionNews = true
    }

    /// "On initial sync, receipts MUST only be returned for events sent in the `timeline` section", and all of the person's own (MSC3960).
    private func ofEvents(_ events: [EventID], _ room: RoomID, besides receipts: [Receipt]) throws -> [Receipt] {
        let shown = Set(events)
        let known = Set(receipts)
        return receipts
            + (try ReceiptStore(reader.transaction).receipts(room: room, viewer: user, through: head).filter {
                (shown.contains($0.event) || $0.user == user) && !known.contains($0)
            })
    }

    /// The newest events that the client has of a room whose receipts it was not told.
    private func newestEvents(_ listed: ListedRoom, _ noted: SlidingRoom) throws -> [EventID] {
        guard let room = try RoomStore(reader.transaction).room(number: listed.room),
            let row = try reader.memberships.membership(of: user, room: listed.room)
        else { return [] }
        let access = RoomAccess(room: room, user: user, membership: row, joinedThrough: .max, isWorldReadable: false)
        let limit = min(noted.shown, SlidingBounds.receiptEvents)
        return try sync.timeline(access, after: nil, through: head, remembered: nil, limit: limit).events.map(\.stored.event.id)
    }

    // MARK: Typing

    private func addTyping(
        _ scope: SlidingExtensions.Scope, _ windows: RoomWindows, _ news: NewsWindow, _ known: inout SentRoomsDraft, to answer: inout SlidingAnswer
    ) throws {
        let isAnew = !wasTold(.typing)
        let board = shared.sync.typing
        let scoped = scoped(windows, scope)
        let changed = Set(news.typing.map(\.description))
        for id in changed.sorted() where !scoped.ids.contains(id) {
            if let number = try RoomID(id).flatMap({ try RoomStore(reader.transaction).room($0) })?.number {
                known.change(number) { $0.missedTyping = true }
            }
        }
        if isAnew {
            for number in known.rooms.keys.sorted() where !scoped.numbers.contains(number) { known.change(number) { $0.missedTyping = true } }
        }
        var rooms: [(String, JSONFragment)] = []
        for wanted in scoped.rooms where wanted.room.membership == .join {
            guard let noted = known.rooms[wanted.room.room], let id = RoomID(wanted.room.id) else { continue }
            let wasMissed = isAnew || noted.missedTyping
            guard wasMissed || changed.contains(wanted.room.id) else { continue }
            if noted.missedTyping { known.change(wanted.room.room) { $0.missedTyping = false } }
            let typing = board.typists(in: id)
            // Who never heard that somebody types need not hear that nobody does.
            guard let typing, !typing.users.isEmpty || !isAnew, !typing.users.isEmpty || sent?.rooms[wanted.room.room] != nil else { continue }
            // What changed since this look began comes with the next one.
            guard typing.serial <= sync.typingSerial || wasMissed else { continue }
            rooms.append((wanted.room.id, .value(TypingBoard.event(typing.users))))
        }
        guard !rooms.isEmpty else { return }
        answer.extensions.append(("typing", .object([("rooms", .object(rooms))])))
        answer.hasExtensionNews = true
    }
}
