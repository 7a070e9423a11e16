using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Cluster.Security;

/// <summary>
/// The secret that all nodes of a cluster share, and the proofs that a request's sender has it. A proof covers the whole request:
/// method, host, path, query, time and body. It keeps out programs that reach the ports but were not given the secret, and
/// whoever changes a request on its way. It does not hide what is sent, nor does it cover answers: that takes TLS.
/// </summary>
public sealed class ClusterSecret
{
    /// <summary>Fewest bytes of a secret: fewer could be guessed.</summary>
    public const int MinBytes = 16;

    /// <summary>Scheme of the Authorization header.</summary>
    public const string Scheme = "DistRec-HMAC-SHA256";

    /// <summary>
    /// How far the clocks of two nodes may differ. A recorded header opens the one request it was made for, for as long.
    /// </summary>
    public static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = new byte[HMACSHA256.HashSizeInBytes];

    /// <param name="secret">At least <see cref="MinBytes"/> bytes, best drawn at random; copied.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public ClusterSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinBytes)
        {
            throw new ArgumentException(
                $"the cluster secret: expected at least {MinBytes} bytes, found {secret.Length}; draw one with 'openssl rand -hex 32'",
                nameof(secret));
        }

        // A key of its own for this use: the secret itself signs nothing.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, _key, salt: [], "DistRec cluster request"u8);
    }

    /// <summary>A secret given as text, such as the contents of a file; white space around it does not count.</summary>
    /// <exception cref="ArgumentException">It is shorter than <see cref="MinBytes"/> bytes.</exception>
    public static ClusterSecret FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ClusterSecret(Encoding.UTF8.GetBytes(text.Trim()));
    }

    /// <summary>Adds the proof to a request that is about to be sent.</summary>
    /// <param name="request">Complete but for its proof.</param>
    /// <param name="bodyHash">Of the body that will be sent; see <see cref="BodyHash"/>.</param>
    /// <param name="now">The sender's time.</param>
    public void Sign(HttpRequestMessage request, string bodyHash, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        Uri uri = request.RequestUri ?? throw new ArgumentException("a request without an address cannot be signed", nameof(request));
        SignedRequest signed = new(request.Method.Method, request.Headers.Host ?? SignedRequest.HostOf(uri), uri.PathAndQuery, bodyHash);
        request.Headers.TryAddWithoutValidation("Authorization", HeaderFor(signed, now));
        request.Headers.TryAddWithoutValidation(BodyHash.Header, bodyHash);
    }

    /// <summary>Makes the Authorization header of one request: the time, and an HMAC-SHA-256 of the request and the time.</summary>
    /// <param name="request">What is signed.</param>
    /// <param name="now">The sender's time.</param>
    public string HeaderFor(SignedRequest request, DateTimeOffset now)
    {
        long seconds = now.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme} {seconds}:{Convert.ToBase64String(ProofOf(request, seconds))}");
    }

    /// <summary>Whether a request's Authorization header was made with this secret for that request, not long ago.</summary>
    /// <param name="request">As it was received; whether its body has the hash that it names is for the reader of the body to see.</param>
    /// <param name="header">The header; null where there was none.</param>
    /// <param name="now">The receiver's time.</param>
    /// <returns>Null if it was; otherwise why not, fit for a log and for the sender.</returns>
    public string? FindFault(SignedRequest request, string? header, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(header))
        {
            return "the request carries no Authorization header; give its sender the secret of the cluster";
        }

        string[] parts = header.Split(' ', ':');
        if (parts.Length != 3 || parts[0] != Scheme
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return $"expected an Authorization header of the form '{Scheme} <seconds>:<proof>'";
        }

        if (!BodyHash.IsValid(request.BodyHash))
        {
            return $"expected the SHA-256 of the body as 64 digits in the header {BodyHash.Header}, found \"{request.BodyHash}\"; "
                + "check that all nodes and clients are of one version";
        }

        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(parts[2], proof, out int written) || written != proof.Length
            || !CryptographicOperations.FixedTimeEquals(ProofOf(request, seconds), proof))
        {
            return "the Authorization header was made with another secret or for another request than "
                + $"{request.Method} {request.Target} at {request.Host}; "
                + "give all nodes the same secret, and call this one by the host and port that reach it unchanged";
        }

        // Only now that the sender is known to have the secret is its clock worth a word.
        long difference = now.ToUnixTimeSeconds() - seconds;
        return Math.Abs((double)difference) <= MaxClockDifference.TotalSeconds
            ? null
            : $"the sender's clock is {-difference} seconds ahead of this node's, "
                + $"where at most {MaxClockDifference.TotalSeconds} are allowed; set the clocks";
    }

    private byte[] ProofOf(SignedRequest request, long seconds) => HMACSHA256.HashData(
        _key,
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{request.Method}\n{request.Host}\n{request.Target}\n{seconds}\n{request.BodyHash}")));
}
