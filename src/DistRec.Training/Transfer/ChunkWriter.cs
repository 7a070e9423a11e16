using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// Writes values to a stream: scattered ones are gathered in a pooled chunk, long runs go straight from their table. A
/// stream never sees a call for a row.
/// </summary>
internal sealed class ChunkWriter(Stream stream, int largestItem) : IDisposable
{
    /// <summary>Least bytes of a chunk.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>Runs of at least so many bytes skip the chunk: copying them would cost more than one more call.</summary>
    public const int DirectBytes = 64 * 1024;

    // A view counts its bytes in an int.
    private const int MaxView = 1 << 30;

    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent(Math.Max(ChunkBytes, largestItem));
    private int _count;

    /// <summary>Copies into the chunk if there is room; otherwise the caller flushes and comes again.</summary>
    public bool TryCopy(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.TryCopyTo(_chunk.AsSpan(_count)))
        {
            return false;
        }

        _count += bytes.Length;
        return true;
    }

    /// <summary>Copies a number; the chunk is empty enough at the places that call this.</summary>
    public void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_chunk.AsSpan(_count), value);
        _count += sizeof(int);
    }

    /// <summary>Writes what the chunk holds.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await stream.WriteAsync(_chunk.AsMemory(0, _count), cancellationToken).ConfigureAwait(false);
            _count = 0;
        }
    }

    /// <summary>Writes neighbouring values, straight from where they stand if they are many.</summary>
    public async ValueTask WriteAsync<T>(ReadOnlyMemory<T> values, CancellationToken cancellationToken)
        where T : unmanaged
    {
        if (values.Length < DirectBytes / Unsafe.SizeOf<T>())
        {
            if (!TryCopy(MemoryMarshal.AsBytes(values.Span)))
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
                TryCopy(MemoryMarshal.AsBytes(values.Span));
            }

            return;
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
        int step = MaxView / Unsafe.SizeOf<T>();
        for (int from = 0; from < values.Length; from += step)
        {
            Memory<byte> bytes = ByteView<T>.Of(values.Slice(from, Math.Min(step, values.Length - from)));
            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_chunk);
}
