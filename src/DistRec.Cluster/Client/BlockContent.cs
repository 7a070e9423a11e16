using System.Net;
using System.Security.Cryptography;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Client;

/// <summary>A block as the body of a request: streamed, and of a length known up front.</summary>
internal sealed class BlockContent(IBlock block, IdleLimit idle) : HttpContent
{
    /// <summary>The SHA-256 of what will be sent, which takes one more run over the block: nothing is kept of it.</summary>
    public async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        using SHA256 hash = SHA256.Create();
        CryptoStream hashing = new(Stream.Null, hash, CryptoStreamMode.Write);
        await using (hashing.ConfigureAwait(false))
        {
            await SerializeToStreamAsync(hashing, null, cancellationToken).ConfigureAwait(false);
            await hashing.FlushFinalBlockAsync(cancellationToken).ConfigureAwait(false);
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WatchedStream watched = new(stream, idle);
        await using (watched.ConfigureAwait(false))
        {
            await block.WriteAsync(watched, cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = block.ByteLength;
        return true;
    }
}
