import MatrixAPI
import MatrixModel

/// The parameters of a path, decoded after the path was split.
enum PathParameters {
    /// 400 `M_INVALID_PARAM` where a segment is not percent-encoded UTF-8.
    static func decode(_ captured: [Substring], of target: PathTrie.Target) throws(MatrixError) -> [String: String] {
        var parameters: [String: String] = [:]
        for (name, segment) in zip(target.parameters, captured) {
            guard let value = PercentEncoding.decode(segment) else {
                throw MatrixError.invalidParam("The path parameter '\(name)' is not valid UTF-8.")
            }
            parameters[name] = value
        }
        for name in target.absentParameters { parameters[name] = "" }
        return parameters
    }
}
