using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Actors.Cluster.Security;

/// <summary>
/// The secret that all nodes of a cluster share, and the proofs that a node has it. A proof keeps out programs that reach the
/// ports but were not given the secret: other clusters by mistake, and curious or hostile neighbours. It does not hide what
/// is sent, nor keep whoever can change packets on their way from reading and altering answers: that takes TLS.
/// </summary>
public sealed class ClusterSecret
{
    /// <summary>Fewest bytes of a secret: fewer could be guessed.</summary>
    public const int LeastBytes = 16;

    /// <summary>Scheme of the Authorization header.</summary>
    public const string Scheme = "DistRec-HMAC-SHA256";

    /// <summary>
    /// How far the clocks of two nodes may differ. A recorded header opens the one request it was made for, for as long.
    /// </summary>
    public static readonly TimeSpan LargestClockDifference = TimeSpan.FromMinutes(5);

    private readonly byte[] _challengeKey;
    private readonly byte[] _requestKey;

    /// <param name="secret">At least <see cref="LeastBytes"/> bytes, best drawn at random; copied.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public ClusterSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < LeastBytes)
        {
            throw new ArgumentException(
                $"the cluster secret: expected at least {LeastBytes} bytes, found {secret.Length}; draw one with 'openssl rand -hex 32'", nameof(secret));
        }

        // A key for each use, so that an answer to a challenge can never pass as a request's header or the other way round.
        _challengeKey = DeriveKey(secret, "challenge");
        _requestKey = DeriveKey(secret, "request");
    }

    /// <summary>A secret given as text, such as the contents of a file; white space around it does not count.</summary>
    /// <exception cref="ArgumentException">It is shorter than <see cref="LeastBytes"/> bytes.</exception>
    public static ClusterSecret FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ClusterSecret(Encoding.UTF8.GetBytes(text.Trim()));
    }

    /// <summary>
    /// Answers a challenge: HMAC-SHA-256, 32 bytes. The challenger draws it at random for each connection. Where both sides
    /// challenge each other, each puts its role into the challenge: else one's own answer could be sent back as a proof.
    /// </summary>
    public byte[] Prove(ReadOnlySpan<byte> challenge) => HMACSHA256.HashData(_challengeKey, challenge);

    /// <summary>Whether an answer to a challenge was made with this secret; takes the same time wherever they differ.</summary>
    public bool Check(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> proof) =>
        CryptographicOperations.FixedTimeEquals(Prove(challenge), proof);

    /// <summary>Makes the Authorization header of one request: the time and an HMAC-SHA-256 of method, target and time.</summary>
    /// <param name="method">Such as POST.</param>
    /// <param name="target">Path and query as they are sent. The body is not covered.</param>
    /// <param name="now">This node's time.</param>
    public string HeaderFor(string method, string target, DateTimeOffset now)
    {
        long seconds = now.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme} {seconds}:{Convert.ToBase64String(SignRequest(method, target, seconds))}");
    }

    /// <summary>Whether a request's Authorization header was made with this secret for that request, not long ago.</summary>
    /// <param name="method">Such as POST.</param>
    /// <param name="target">Path and query as they were received.</param>
    /// <param name="header">The header; null where there was none.</param>
    /// <param name="now">This node's time.</param>
    /// <returns>Null if it was; otherwise why not, fit for a log and for the sender.</returns>
    public string? FindFault(string method, string target, string? header, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(header))
        {
            return "the request carries no Authorization header; give this node the secret of the cluster";
        }

        string[] parts = header.Split(' ', ':');
        if (parts.Length != 3 || parts[0] != Scheme || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return $"expected an Authorization header of the form '{Scheme} <seconds>:<proof>'";
        }

        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!Convert.TryFromBase64String(parts[2], proof, out int written) || written != proof.Length
            || !CryptographicOperations.FixedTimeEquals(SignRequest(method, target, seconds), proof))
        {
            return "the Authorization header was made with another secret or for another request; give all nodes the same secret";
        }

        // Only now that the sender is known to have the secret is its clock worth a word.
        long difference = now.ToUnixTimeSeconds() - seconds;
        return Math.Abs((double)difference) <= LargestClockDifference.TotalSeconds
            ? null
            : $"the sender's clock is {-difference} seconds ahead of this node's, where at most {LargestClockDifference.TotalSeconds} are allowed; set the clocks";
    }

    private static byte[] DeriveKey(ReadOnlySpan<byte> secret, string use)
    {
        byte[] key = new byte[HMACSHA256.HashSizeInBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], Encoding.UTF8.GetBytes("DistRec cluster " + use));
        return key;
    }

    private byte[] SignRequest(string method, string target, long seconds) =>
        HMACSHA256.HashData(_requestKey, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method}\n{target}\n{seconds}")));
}
