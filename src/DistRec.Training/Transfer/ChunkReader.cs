using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>Reads what <see cref="ChunkWriter"/> wrote: short runs through a pooled chunk, long ones straight into their table.</summary>
/// <param name="stream">Where the bytes come from.</param>
/// <param name="what">What is read, for messages.</param>
/// <param name="length">Bytes in all; none beyond them is read.</param>
internal sealed class ChunkReader(Stream stream, string what, long length) : IDisposable
{
    private const int MaxView = 1 << 30;

    private byte[] _chunk = ArrayPool<byte>.Shared.Rent(ChunkWriter.ChunkBytes);
    private long _read;
    private int _start;
    private int _end;

    /// <summary>Bytes that were not taken yet.</summary>
    public long Remaining => length - _read + _end - _start;

    /// <summary>Makes at least so many bytes available to <see cref="Take"/>.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public async ValueTask FillAsync(int atLeast, CancellationToken cancellationToken)
    {
        if (_end - _start >= atLeast)
        {
            return;
        }

        if (Remaining < atLeast)
        {
            throw new InvalidDataException($"{what}: expected at least {atLeast} more of {length} bytes, found {Remaining}");
        }

        MakeRoom(atLeast);
        while (_end < atLeast)
        {
            int most = (int)Math.Min(_chunk.Length - _end, Unread);
            await ReadSomeAsync(_chunk.AsMemory(_end, most), atLeast - _end, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next bytes, of which <see cref="FillAsync"/> made at least so many available.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _chunk.AsSpan(_start, count);
        _start += count;
        return taken;
    }

    /// <summary>Bytes that can be taken without another read.</summary>
    public int Available => _end - _start;

    /// <summary>Takes a number that <see cref="FillAsync"/> made available.</summary>
    public int TakeInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Reads neighbouring values, straight to where they belong if they are many.</summary>
    public async ValueTask ReadAsync<T>(Memory<T> values, CancellationToken cancellationToken)
        where T : unmanaged
    {
        int step = MaxView / Unsafe.SizeOf<T>();
        for (int from = 0; from < values.Length; from += step)
        {
            Memory<T> part = values.Slice(from, Math.Min(step, values.Length - from));
            int bytes = part.Length * Unsafe.SizeOf<T>();
            if (bytes < ChunkWriter.DirectBytes)
            {
                await FillAsync(bytes, cancellationToken).ConfigureAwait(false);
                Take(bytes).CopyTo(MemoryMarshal.AsBytes(part.Span));
                continue;
            }

            int ready = Math.Min(Available, bytes);
            Memory<byte> target = ByteView<T>.Of(part);
            Take(ready).CopyTo(target.Span);
            await ReadAllAsync(target[ready..], cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = [];
    }

    private long Unread => length - _read;

    private async ValueTask ReadAllAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (target.Length > Unread)
        {
            throw new InvalidDataException($"{what}: expected {target.Length} more of {length} bytes, found {Unread}");
        }

        while (!target.IsEmpty)
        {
            int read = await stream.ReadAsync(target, cancellationToken).ConfigureAwait(false);
            ThrowIfEnded(read);
            _read += read;
            target = target[read..];
        }
    }

    private async ValueTask ReadSomeAsync(Memory<byte> target, int atLeast, CancellationToken cancellationToken)
    {
        int read = await stream.ReadAtLeastAsync(target, atLeast, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _read += read;
        _end += read;
        if (read < atLeast)
        {
            ThrowIfEnded(0);
        }
    }

    private void ThrowIfEnded(int read)
    {
        if (read == 0)
        {
            throw new InvalidDataException($"{what}: expected {length} bytes, found {_read}");
        }
    }

    private void MakeRoom(int atLeast)
    {
        ReadOnlySpan<byte> rest = _chunk.AsSpan(_start, _end - _start);
        if (atLeast > _chunk.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(atLeast);
            rest.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_chunk);
            _chunk = larger;
        }
        else
        {
            rest.CopyTo(_chunk);
        }

        _end -= _start;
        _start = 0;
    }
}
