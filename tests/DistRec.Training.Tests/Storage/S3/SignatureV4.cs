using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DistRec.Training.Tests.Storage.S3;

/// <summary>
/// AWS Signature Version 4 as a service computes it from a request that came in ("Authenticating Requests: Using the
/// Authorization Header", Amazon S3 API Reference).
/// </summary>
internal static partial class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The signature that a request should bear.</summary>
    /// <param name="method">GET, PUT, …</param>
    /// <param name="target">Path and query as they were sent.</param>
    /// <param name="header">Looks up a header of the request.</param>
    /// <param name="authorization">What the Authorization header says.</param>
    /// <param name="secret">The key's secret.</param>
    public static string Compute(string method, string target, Func<string, string> header, Authorization authorization, string secret)
    {
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? target : target[..mark];
        string query = string.Join('&', (mark < 0 ? "" : target[(mark + 1)..]).Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => $"{Encode(pair[0])}={(pair.Length == 2 ? Encode(pair[1]) : "")}")
            .Order(StringComparer.Ordinal));
        StringBuilder request = new();
        request.Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (string name in authorization.SignedHeaders)
        {
            request.Append(name).Append(':').Append(Spaces().Replace(header(name).Trim(), " ")).Append('\n');
        }

        request.Append('\n').AppendJoin(';', authorization.SignedHeaders).Append('\n').Append(header("x-amz-content-sha256"));
        string text = $"{Algorithm}\n{header("x-amz-date")}\n{authorization.Scope}\n{Hash(Encoding.UTF8.GetBytes(request.ToString()))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in authorization.Scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.ParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    /// <summary>The parts of an Authorization header.</summary>
    internal sealed partial record Authorization(string KeyId, string Scope, IReadOnlyList<string> SignedHeaders, string Signature)
    {
        /// <summary>Reads the header; null where it is none of this algorithm.</summary>
        public static Authorization? Parse(string text)
        {
            Match match = Form().Match(text);
            return match.Success
                ? new Authorization(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value.Split(';'), match.Groups[4].Value)
                : null;
        }

        [GeneratedRegex("^AWS4-HMAC-SHA256 Credential=([^/]+)/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$")]
        private static partial Regex Form();
    }
}
