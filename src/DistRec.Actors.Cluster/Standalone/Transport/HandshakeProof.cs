using System.Security.Cryptography;
using System.Text;
using DistRec.Actors.Cluster.Security;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// Shows that one knows the cluster's secret without sending it: a proof over both sides' random numbers and all that the
/// node said of itself. Each side proves under its own label, so neither proof can be sent back as the other.
/// </summary>
internal static class HandshakeProof
{
    private const int NonceBytes = 32;

    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>Empty where the cluster has no secret.</summary>
    public static byte[] OfSeed(ClusterSecret? secret, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> nonce) =>
        secret?.Prove(Challenge("distrec seed", hello, nonce)) ?? [];

    /// <summary>Empty where the cluster has no secret.</summary>
    public static byte[] OfNode(ClusterSecret? secret, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> nonce) =>
        secret?.Prove(Challenge("distrec node", hello, nonce)) ?? [];

    public static bool AreSame(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected) =>
        CryptographicOperations.FixedTimeEquals(found, expected);

    /// <summary>The hashes are of one length each, so that no two conversations give the same challenge.</summary>
    private static byte[] Challenge(string label, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> nonce) =>
        [.. SHA256.HashData(Encoding.UTF8.GetBytes(label)), .. SHA256.HashData(hello), .. SHA256.HashData(nonce)];
}
