using System.Security.Cryptography;

namespace DistRec.Cluster.Security;

/// <summary>What the proof of a request covers, besides its time.</summary>
/// <param name="Method">Such as POST.</param>
/// <param name="Host">The Host header as it is sent.</param>
/// <param name="Target">Path and query as they are sent.</param>
/// <param name="BodyHash">The hash of the body; see <see cref="Security.BodyHash"/>.</param>
public readonly record struct SignedRequest(string Method, string Host, string Target, string BodyHash)
{
    /// <summary>The Host header that <see cref="HttpClient"/> sends to an address.</summary>
    internal static string HostOf(Uri uri)
    {
        string host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        return uri.IsDefaultPort ? host : $"{host}:{uri.Port}";
    }
}

/// <summary>
/// The SHA-256 of a request's body as 64 lower-case hexadecimal digits. It travels in a header of its own, which the proof covers.
/// </summary>
public static class BodyHash
{
    /// <summary>The header.</summary>
    public const string Header = "DistRec-Body-SHA256";

    /// <summary>Of a request that has no body.</summary>
    public static readonly string Empty = Of([]);

    /// <summary>Of a body in memory.</summary>
    public static string Of(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    internal static bool IsValid(string hash) =>
        hash.Length == 2 * SHA256.HashSizeInBytes && hash.All(char.IsAsciiHexDigitLower);
}
