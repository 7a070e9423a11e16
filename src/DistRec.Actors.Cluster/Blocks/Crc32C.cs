using System.Buffers.Binary;
using System.Numerics;

namespace DistRec.Actors.Cluster.Blocks;

/// <summary>CRC-32C (Castagnoli, RFC 3720) of bytes that come in pieces.</summary>
internal struct Crc32C
{
    private uint _value;

    /// <summary>The checksum of all bytes so far.</summary>
    public readonly uint Value => _value;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint state = ~_value;
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            state = BitOperations.Crc32C(state, value);
        }

        _value = ~state;
    }
}
