using System.Buffers.Binary;
using DistRec.Training.Blocks;

namespace DistRec.Training.Storage;

/// <summary>
/// What a stored blob ends in: the four bytes "DRC1" and the <see cref="Crc32C"/> of everything
/// before them, little-endian.
/// </summary>
internal static class BlobTrailer
{
    /// <summary>Bytes of the trailer.</summary>
    public const int Length = 8;

    /// <summary>The checksum of nothing, to begin with.</summary>
    public const uint Nothing = 0;

    private static ReadOnlySpan<byte> Mark => "DRC1"u8;

    /// <summary>Takes more bytes into a checksum.</summary>
    public static uint Add(uint checksum, ReadOnlySpan<byte> bytes) => Crc32C.Add(checksum, bytes);

    /// <summary>The trailer of a blob with that checksum.</summary>
    public static byte[] Write(uint checksum)
    {
        byte[] trailer = new byte[Length];
        Mark.CopyTo(trailer);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(Mark.Length), checksum);
        return trailer;
    }

    /// <summary>Reads a trailer.</summary>
    /// <returns>Whether these bytes are one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> trailer, out uint checksum)
    {
        checksum = 0;
        return trailer.StartsWith(Mark) && BinaryPrimitives.TryReadUInt32LittleEndian(trailer[Mark.Length..], out checksum);
    }
}
