import ClientServices

extension Configuration {
    /// What the services of accounts are told.
    var accounts: AccountConfiguration {
        var accounts = AccountConfiguration()
        accounts.registration = registration.mode
        accounts.allowsGuests = registration.allowsGuests
        accounts.sharedSecret = registration.sharedSecret
        accounts.passwordCost = isTesting ? .cheap : .standard
        accounts.minimumPasswordBytes = registration.minimumPasswordBytes
        accounts.rateLimits = rateLimits
        accounts.applicationServices = applicationServices
        accounts.defaultRoomVersion = rooms.defaultVersion
        accounts.publicBaseURL = wellKnown.client
        accounts.supportContacts = wellKnown.supportContacts
        accounts.supportPage = wellKnown.supportPage
        return accounts
    }
}
