using System.Security.Cryptography;
using System.Text;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// Shows that one knows the cluster's secret without sending it: a keyed hash over both sides' random numbers and all
/// that the node said of itself. Each side hashes under its own label, so neither proof can be sent back as the other.
/// </summary>
internal static class HandshakeProof
{
    private const int NonceBytes = 32;

    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    public static byte[] OfSeed(string secret, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge) =>
        Of("distrec seed", secret, hello, challenge);

    public static byte[] OfNode(string secret, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge) =>
        Of("distrec node", secret, hello, challenge);

    public static bool AreSame(ReadOnlySpan<byte> found, ReadOnlySpan<byte> expected) =>
        CryptographicOperations.FixedTimeEquals(found, expected);

    private static byte[] Of(string label, string secret, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge)
    {
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(label)));
        hash.AppendData(SHA256.HashData(hello));
        hash.AppendData(SHA256.HashData(challenge));
        return hash.GetHashAndReset();
    }
}
