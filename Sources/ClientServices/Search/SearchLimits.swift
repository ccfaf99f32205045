/// Bounds of what searching and indexing may cost.
enum SearchLimits {
    /// Results of a page where the client asks for no number, and at most.
    static let defaultPage = 10
    static let largestPage = 100
    /// Events before or after a result, at most.
    static let largestContext = 50
    /// Entries of the index that one search takes for results, the newest first.
    static let candidates = 2_500
    /// Entries of the index that one search looks at.
    static let scan = 20_000
    /// Events that are loaded for one page, seen by the person or not.
    static let loaded = 500
    /// Events of one step of the index.
    static let indexBatch = 200
    /// Steps that a search waits for; an index that is further behind is searched as it is.
    static let batchesBeforeReading = 20
    /// How long the index waits for more after the first news.
    static let indexPauseMilliseconds = 2_000
    /// Events looked at for one that the person may see, near a time.
    static let timesTried = 200
}
