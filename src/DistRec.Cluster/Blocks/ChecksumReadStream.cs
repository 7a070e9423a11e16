using System.Buffers.Binary;
using DistRec.Data;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>
/// A block's bytes as they come: ends where the block ends, sums the checksum, and gives up on a peer that is silent for too long.
/// Remembers whether the connection failed, to tell a broken transfer from a reader that does not like what it reads.
/// </summary>
internal sealed class ChecksumReadStream(Stream body, long length, IdleTimer idle, TimeSpan idleTimeout, Action<int> count) : SequentialStream
{
    // Larger reads would have left the cache when the checksum comes to them.
    private const int PieceBytes = 512 * 1024;

    private Crc32C _checksum;

    /// <summary>Why the transfer broke; null if it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Bytes of the block that did not come yet.</summary>
    public long Remaining { get; private set; } = length;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Remaining == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        Memory<byte> piece = buffer[..(int)Math.Min(Math.Min(PieceBytes, Remaining), buffer.Length)];
        int read = await ReadBodyAsync(piece, cancellationToken).ConfigureAwait(false);
        _checksum.Append(piece.Span[..read]);
        Remaining -= read;
        return read;
    }

    /// <summary>Reads what is left of the block, and the checksum after it.</summary>
    /// <returns>Null if it is the one of the bytes that came; otherwise what is wrong.</returns>
    public async ValueTask<string?> FindDamageAsync()
    {
        byte[] rest = new byte[Remaining > 0 ? 16 * 1024 : BlockRequest.ChecksumBytes];
        while (Remaining > 0)
        {
            await ReadAsync(rest, idle.Token).ConfigureAwait(false);
        }

        int come = 0;
        while (come < BlockRequest.ChecksumBytes)
        {
            come += await ReadBodyAsync(rest.AsMemory(come, BlockRequest.ChecksumBytes - come), idle.Token).ConfigureAwait(false);
        }

        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        return expected == _checksum.Value ? null : $"expected the checksum {expected:x8}, found {_checksum.Value:x8}";
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        // Readers get the timer's token; one that brings its own is heard as well.
        using CancellationTokenRegistration own = cancellationToken == idle.Token
            ? default
            : cancellationToken.Register(static state => ((IdleTimer)state!).Cancel(), idle);
        try
        {
            ValueTask<int> reading = body.ReadAsync(buffer, idle.Token);
            int read;
            if (reading.IsCompleted)
            {
                read = await reading.ConfigureAwait(false);
            }
            else
            {
                idle.Start(idleTimeout);
                read = await reading.ConfigureAwait(false);
                idle.Stop();
            }

            count(read);
            return read > 0 ? read : throw new IOException($"the connection ended {Remaining} bytes before the end of the block");
        }
        catch (Exception failure)
        {
            Failure = failure;
            throw;
        }
    }
}
