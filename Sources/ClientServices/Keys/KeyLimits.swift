/// Bounds of what keys and messages for devices may cost.
enum KeyLimits {
    /// Unclaimed one-time keys of a device, of all algorithms.
    static let oneTimeKeys = 1_000
    /// Claimed keys that a device's uploads are compared with.
    static let claimedKeys = 500
    /// A device's identity keys, and one key, in bytes.
    static let deviceKeysBytes = 32_768
    static let keyBytes = 4_096
    /// Messages of one sync: "100 messages is recommended as a reasonable limit".
    static let messagesPerSync = 100
    /// Devices that one request sends messages to.
    static let recipients = 10_000
    /// Messages in one unit for another server, in bytes; a larger message goes alone.
    static let outboundUnitBytes = 48 << 10
    /// How long other servers may take to answer, by default and at most: "10 seconds is the recommended default".
    static let remoteMilliseconds = 10_000
    static let longestRemoteMilliseconds = 30_000
    /// Users of one server whose device lists are asked for one by one; for more, all are in one request.
    static let listsOneByOne = 8
    /// Devices of one remote user that are taken.
    static let remoteDevices = 500
    /// Longest device ID of a remote user, and message identifier of a server, in bytes.
    static let remoteNameBytes = 255
    /// How long the messages of other servers are known, so that none is taken twice.
    static let receivedMessagesMilliseconds = 30 * 24 * 3_600_000
    /// Taken messages between two clearings of those known.
    static let messagesPerClearing = 1_000
    /// Events that are looked at in one go for new members, and after how many positions without any that is written down.
    static let followedEvents = 5_000
    static let followedPositions = 5_000
    /// Keys of one upload to a backup.
    static let backupKeys = 10_000
    /// A key's data in a backup, and what a backup says of itself, in bytes.
    static let backupDataBytes = 65_536
    /// Messages of one page for a dehydrated device.
    static let dehydratedPage = 100
}
