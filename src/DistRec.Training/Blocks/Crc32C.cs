using System.Buffers.Binary;
using System.Numerics;

namespace DistRec.Training.Blocks;

/// <summary>CRC-32C (Castagnoli, RFC 3720, appendix B.4): guards blocks on their way and in stores.</summary>
public struct Crc32C
{
    /// <summary>The checksum of all bytes so far; 0 for none.</summary>
    public uint Value { get; private set; }

    /// <summary>The checksum of the bytes behind a checksum, and these.</summary>
    /// <param name="checksum">Of the bytes before; 0 for none.</param>
    /// <param name="bytes">The next ones.</param>
    public static uint Add(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint state = ~checksum;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return ~state;
    }

    /// <summary>Takes more bytes in.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => Value = Add(Value, bytes);
}
