using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Serving.Keys;

/// <summary>
/// SHA-256 of a key. A key is <c>drk_</c> and 256 random bits in base64url: nobody can guess so many, or find them from their hash, so that it needs
/// neither salt nor a slow function, as a password would.
/// </summary>
/// <param name="A">Its first 64 bits.</param>
/// <param name="B">Its next 64 bits.</param>
/// <param name="C">Likewise.</param>
/// <param name="D">Its last 64 bits.</param>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>What a key begins with, so that people and scanners know one when they see it.</summary>
    public const string Prefix = "drk_";

    private const int RandomBytes = 32;
    private const int TextLength = 47;

    /// <summary>Draws a key.</summary>
    public static string DrawText() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The hash of a text that has a key's form; null for any other.</summary>
    public static KeyHash? Of(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[TextLength];
        return text.Length == TextLength && text.StartsWith(Prefix, StringComparison.Ordinal) && Ascii.FromUtf16(text, bytes, out _) == OperationStatus.Done
            ? OfBytes(bytes)
            : null;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static KeyHash Parse(string hexadecimal) => MemoryMarshal.Read<KeyHash>(Convert.FromHexString(hexadecimal));

    /// <summary>In hexadecimal, in the order of its bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(MemoryMarshal.AsBytes([this]));

    private static KeyHash OfBytes(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return MemoryMarshal.Read<KeyHash>(hash);
    }
}
