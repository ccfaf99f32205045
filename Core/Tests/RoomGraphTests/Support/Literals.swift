import MatrixModel
import Testing

/// JSON literals of gomatrixserverlib's tests.
enum Literals {
    struct Literal {
        let context: String
        let text: String
        let line: Int
    }

    /// The literals of one test function, in source order.
    static func all(file: String, function: String) throws -> [Literal] {
        let all = try TestData.json("matrix-events/gomatrixserverlib/inline_json.json")
        let found = all.elements.filter { $0["file"]?.string == file && $0["func"]?.string == function }
            .map { Literal(context: $0["context"]?.string ?? "", text: $0["text"]?.string ?? "", line: $0["line"]?.integer ?? 0) }
        try #require(!found.isEmpty, "no literals of \(function)")
        return found
    }
}
