import Database

extension Schema {
    /// Delayed and sticky events. Frozen once published.
    ///
    /// A delayed event has `due` while it waits; `finalised` tells when it was sent, cancelled or refused. A sticky event has no `position`
    /// while it is soft-failed. Times are milliseconds since 1970.
    static let migration0009Timers = Migration(
        number: 9, name: "timers",
        statements: [
            """
            CREATE TABLE delayed_events (
                delayed INTEGER PRIMARY KEY,
                delay_id TEXT NOT NULL UNIQUE,
                user_id TEXT NOT NULL,
                device_id TEXT NOT NULL,
                transaction_id TEXT,
                room INTEGER NOT NULL,
                type TEXT NOT NULL,
                state_key TEXT,
                content BLOB NOT NULL,
                origin_server_ts INTEGER,
                sticky INTEGER,
                delay INTEGER NOT NULL,
                scheduled INTEGER NOT NULL,
                due INTEGER,
                finalised INTEGER,
                event_id TEXT,
                error BLOB
            )
            """,
            "CREATE INDEX delayed_events_due ON delayed_events (due) WHERE due IS NOT NULL",
            "CREATE INDEX delayed_events_user ON delayed_events (user_id, room)",
            "CREATE INDEX delayed_events_finalised ON delayed_events (finalised) WHERE finalised IS NOT NULL",
            "CREATE INDEX delayed_events_event ON delayed_events (event_id) WHERE event_id IS NOT NULL",
            """
            CREATE UNIQUE INDEX delayed_events_transaction ON delayed_events (user_id, device_id, room, type, transaction_id)
            WHERE transaction_id IS NOT NULL
            """,
            """
            CREATE TABLE sticky_events (
                event INTEGER PRIMARY KEY,
                room INTEGER NOT NULL,
                sender TEXT NOT NULL,
                position INTEGER,
                expires INTEGER NOT NULL
            )
            """,
            "CREATE INDEX sticky_events_room ON sticky_events (room, position)",
            "CREATE INDEX sticky_events_expires ON sticky_events (expires)",
        ])
}
