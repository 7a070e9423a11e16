using System.Buffers.Binary;
using DistRec.Data;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>Takes a block's bytes and hands them to a response in pieces, counting them and summing their checksum on the way.</summary>
internal sealed class ChecksumWriteStream(Stream response, Action<int> count) : SequentialStream
{
    // A piece is copied into the server's send buffers while it is in the cache from the checksum.
    private const int PieceBytes = 128 * 1024;

    private Crc32C _checksum;

    /// <summary>Bytes written so far, the checksum not among them.</summary>
    public long Written { get; private set; }

    public override bool CanWrite => true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = buffer[..Math.Min(PieceBytes, buffer.Length)];
            _checksum.Append(piece.Span);
            await response.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
            Written += piece.Length;
            count(piece.Length);
            buffer = buffer[piece.Length..];
        }
    }

    /// <summary>Writes the checksum of what was written.</summary>
    public async ValueTask WriteChecksumAsync(CancellationToken cancellationToken)
    {
        byte[] checksum = new byte[BlockRequest.ChecksumBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, _checksum.Value);
        await response.WriteAsync(checksum, cancellationToken).ConfigureAwait(false);
        count(checksum.Length);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => response.FlushAsync(cancellationToken);
}
