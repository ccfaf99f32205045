public import MatrixModel

/// The last check on receipt: "Passes authorisation rules based on the current state of the room, otherwise it is soft failed"
/// (server-server API, "Soft failure").
public enum SoftFailure {
    /// Why an event that was accepted is to be kept from clients and from new events' `prev_events`; nil where nothing speaks against it.
    ///
    /// The current state is the one resolved from all forward extremities.
    public static func reason(for event: Event, current state: some StateLookup, createEvent: Event? = nil) -> AuthRejection? {
        do throws(AuthRejection) {
            try AuthRules.authorize(event, state: state, createEvent: createEvent)
            return nil
        } catch {
            return error
        }
    }
}
