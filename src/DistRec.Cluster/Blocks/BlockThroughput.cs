using System.Net;
using System.Net.Sockets;
using DistRec.Training.Blocks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Blocks;

/// <summary>
/// How fast one block after the other is pulled over this machine's loopback, beside what a plain socket does in the same minute.
/// </summary>
/// <param name="Bytes">Bytes that one pull brings: of the block, or of the part that its reader selects, with the checksum.</param>
/// <param name="PullMegabytesPerSecond">
/// Of each pull, in 10⁶ bytes a second: from the call to the block in the reader's memory, checksum verified.
/// </param>
/// <param name="SocketMegabytesPerSecond">
/// Of the whole block's number of bytes sent from and to one buffer by a plain socket, once before and once after the pulls.
/// </param>
public sealed record BlockThroughput(
    long Bytes, IReadOnlyList<double> PullMegabytesPerSecond, IReadOnlyList<double> SocketMegabytesPerSecond)
{
    private const int SocketBufferBytes = 1024 * 1024;

    /// <summary>Publishes a block on one node of this process and pulls it from another, each with sockets of its own.</summary>
    /// <param name="block">The block.</param>
    /// <param name="reader">Reads it; called once a pull.</param>
    /// <param name="pulls">How often, at least 1.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BlockThroughput> MeasureAsync<TBlock>(
        TBlock block, IBlockReader<TBlock> reader, int pulls, TimeProvider time, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(pulls, 1);
        BlockKey key = new("throughput", 0, "block", 0, 0);
        TimeSpan[] times = new TimeSpan[pulls];
        long bytes;
        double before = await MeasureSocketAsync(block.ByteLength, time, cancellationToken).ConfigureAwait(false);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.TuneForBlocks().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            using HttpBlockExchange publisher = new();
            publisher.MapBlocks(app);
            publisher.Publish(key, block);
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            using HttpBlockExchange puller = new();
            for (int pull = 0; pull < pulls; pull++)
            {
                long began = time.GetTimestamp();
                await puller.PullAsync(app.Urls.Single(), key, reader, cancellationToken).ConfigureAwait(false);
                times[pull] = time.GetElapsedTime(began);
            }

            bytes = puller.TotalTraffic.ReceivedBytes / pulls;
        }

        double after = await MeasureSocketAsync(block.ByteLength, time, cancellationToken).ConfigureAwait(false);
        return new BlockThroughput(bytes, [.. times.Select(elapsed => Rate(bytes, elapsed))], [before, after]);
    }

    private static double Rate(long bytes, TimeSpan elapsed) => bytes / 1e6 / elapsed.TotalSeconds;

    private static async Task<double> MeasureSocketAsync(long bytes, TimeProvider time, CancellationToken cancellationToken)
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        using Socket sender = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Task connecting = sender.ConnectAsync(listener.LocalEndPoint!, cancellationToken).AsTask();
        using Socket receiver = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await connecting.ConfigureAwait(false);
        long began = time.GetTimestamp();
        Task sending = SendAsync(sender, bytes, cancellationToken);
        byte[] buffer = new byte[SocketBufferBytes];
        for (long received = 0; received < bytes;)
        {
            int read = await receiver.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            received += read > 0
                ? read
                : throw new IOException($"expected {bytes} bytes from a plain socket, found its end after {received}");
        }

        await sending.ConfigureAwait(false);
        return Rate(bytes, time.GetElapsedTime(began));
    }

    private static async Task SendAsync(Socket socket, long bytes, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SocketBufferBytes];
        for (long sent = 0; sent < bytes;)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - sent));
            sent += await socket.SendAsync(piece, cancellationToken).ConfigureAwait(false);
        }
    }
}
