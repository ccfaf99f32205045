import ClientServices
import MatrixModel
import Media

extension Configuration {
    /// What the services of accounts are told.
    var accounts: AccountConfiguration {
        var accounts = AccountConfiguration()
        accounts.registration = registration.mode
        accounts.invitesRegister = registration.invitesRegister
        accounts.allowsGuests = registration.allowsGuests
        accounts.registrationEmail = registration.email
        accounts.sharedSecret = registration.sharedSecret
        accounts.passwordCost = isTesting ? .cheap : .standard
        accounts.minimumPasswordBytes = registration.minimumPasswordBytes
        accounts.rateLimits = rateLimits
        accounts.applicationServices = applicationServices
        accounts.defaultRoomVersion = rooms.defaultVersion
        accounts.previewsLinks = media.previews.isEnabled
        accounts.turn = turn
        accounts.publicBaseURL = wellKnown.client
        accounts.supportContacts = wellKnown.supportContacts
        accounts.supportPage = wellKnown.supportPage
        accounts.delayedEvents = rooms.delayedEvents
        if !rooms.callTransports.isEmpty { accounts.clientWellKnown["org.matrix.msc4143.rtc_foci"] = .array(rooms.callTransports) }
        return accounts
    }
}
