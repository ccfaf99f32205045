public import Database

/// The tables of the whole program.
public enum Schema {
    /// Every migration, in order; published ones never change.
    public static let migrations: [Migration] = [
        migration0001Rooms, migration0002Accounts, migration0003Keys, migration0004Media, migration0005Relations, migration0006Search,
        migration0007People, migration0008SlidingSync, migration0009Timers, migration0010Previews, migration0011Notifications,
        migration0012Contacts, migration0013Invitations,
    ]
}
