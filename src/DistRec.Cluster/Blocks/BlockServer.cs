using System.Buffers;
using System.Globalization;
using DistRec.Training.Blocks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Blocks;

/// <summary>Answers other nodes' pulls of blocks that were published here. Each pull streams on its own.</summary>
internal sealed class BlockServer(
    LocalBlockExchange blocks, JobDrops drops, HttpBlockExchangeOptions options, TrafficCounters traffic)
{
    /// <summary>Called when a pull has come to wait for a block.</summary>
    public Action<BlockKey>? Waiting { get; set; }

    public async Task AnswerAsync(HttpContext context)
    {
        if (!BlockRequest.TryParse(context.Request.Query, out BlockRequest? pull, out string fault))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        try
        {
            await AnswerAsync(context, pull).ConfigureAwait(false);
        }
        catch (Exception failure) when (context.RequestAborted.IsCancellationRequested)
        {
            if (options.Logger.IsEnabled(LogLevel.Debug))
            {
                options.Logger.LogDebug(failure, "A pull of {Key} left before it was answered.", pull.Key);
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, BlockRequest pull)
    {
        if (context.Request.ContentLength is not { } length)
        {
            await RefuseAsync(context, StatusCodes.Status411LengthRequired, "expected a selection of a length known up front, found none")
                .ConfigureAwait(false);
            return;
        }

        if (length > options.MaxSelection)
        {
            await RefuseAsync(
                context,
                StatusCodes.Status413PayloadTooLarge,
                $"expected a selection of at most {options.MaxSelection} bytes, found {length}")
                .ConfigureAwait(false);
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } largest)
        {
            largest.MaxRequestBodySize = options.MaxSelection;
        }

        byte[] rented = length == 0 ? [] : ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            Memory<byte> selection = rented.AsMemory(0, (int)length);
            if (length > 0)
            {
                await context.Request.Body.ReadExactlyAsync(selection, context.RequestAborted).ConfigureAwait(false);
            }

            if (await FindAsync(context, pull).ConfigureAwait(false) is not { } block)
            {
                return;
            }

            // Counted only here: a late request for a dropped job must not bring the job's counters back.
            traffic.Of(pull.Key).CountReceived((int)length);
            if (await SelectAsync(context, pull, block, selection).ConfigureAwait(false) is { } selected)
            {
                await StreamAsync(context, pull, selected).ConfigureAwait(false);
            }
        }
        finally
        {
            if (length > 0)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    // The block as it was published; null if the request has its answer already.
    private async ValueTask<IBlock?> FindAsync(HttpContext context, BlockRequest pull)
    {
        HttpResponse response = context.Response;
        // Counted before the wait: a drop at its very end is then seen by the next request.
        long dropped = drops.Count;
        if (pull.Drops is { } seen && drops.WasDroppedAfter(pull.Key.Job, seen))
        {
            response.StatusCode = StatusCodes.Status410Gone;
            return null;
        }

        try
        {
            return blocks.Find(pull.Key) ?? await WaitAsync(pull.Key, context.RequestAborted).ConfigureAwait(false);
        }
        catch (BlockDroppedException)
        {
            response.StatusCode = StatusCodes.Status410Gone;
        }
        catch (BlockExchangeStoppedException)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            response.Headers[BlockRequest.DropsHeader] = dropped.ToString(CultureInfo.InvariantCulture);
        }

        return null;
    }

    private async Task<IBlock> WaitAsync(BlockKey key, CancellationToken left)
    {
        using CancellationTokenSource poll = new(options.PollTimeout, options.Time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, left);
        ValueTask<IBlock> published = blocks.PublishedAsync(key, end.Token);
        Waiting?.Invoke(key);
        return await published.ConfigureAwait(false);
    }

    // What is to be written; null if the request has its answer already.
    private async ValueTask<IBlock?> SelectAsync(HttpContext context, BlockRequest pull, IBlock block, ReadOnlyMemory<byte> selection)
    {
        if (!IsOfType(block, pull.TypeName))
        {
            await RefuseAsync(context, StatusCodes.Status409Conflict, block.GetType().Name).ConfigureAwait(false);
            return null;
        }

        if (selection.IsEmpty)
        {
            return block;
        }

        string fault;
        try
        {
            return block.Select(selection);
        }
        catch (Exception failure)
        {
            // Whatever a selection makes of a block, asking again gives the same: the puller has to hear of it.
            options.Logger.LogWarning(failure, "A selection of {Bytes} bytes from the block {Key} failed.", selection.Length, pull.Key);
            fault = failure.Message;
        }

        await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, fault).ConfigureAwait(false);
        return null;
    }

    private async Task StreamAsync(HttpContext context, BlockRequest pull, IBlock block)
    {
        long length = block.ByteLength;
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentLength = length + BlockRequest.ChecksumBytes;
        context.Response.ContentType = "application/octet-stream";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using ChecksumWriteStream stream = new(context.Response.Body, traffic.Of(pull.Key).CountSent);
        try
        {
            await block.WriteAsync(stream, context.RequestAborted).ConfigureAwait(false);
            if (stream.Written != length)
            {
                throw new InvalidDataException($"{block.GetType().Name}: expected to write {length} bytes, found {stream.Written} written");
            }

            await stream.WriteChecksumAsync(context.RequestAborted).ConfigureAwait(false);
        }
        catch (UnreadableBlockException failure) when (!context.Response.HasStarted)
        {
            // Where bytes were on their way when it was found out, the puller asks again and hears of it here.
            options.Logger.LogError(failure, "The block {Key} cannot be read.", pull.Key);
            context.Response.Clear();
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, failure.Message).ConfigureAwait(false);
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Bytes are on their way: a cut connection is the only word left, and makes the puller ask again.
            options.Logger.LogError(failure, "The block {Key} could not be written.", pull.Key);
            context.Abort();
        }
    }

    private static bool IsOfType(IBlock block, string typeName)
    {
        if (block is IUnreadBlock)
        {
            // What it holds shows when it is read.
            return true;
        }

        for (Type? type = block.GetType(); type is not null; type = type.BaseType)
        {
            if (type.FullName == typeName)
            {
                return true;
            }
        }

        return block.GetType().GetInterfaces().Any(contract => contract.FullName == typeName);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(reason, context.RequestAborted).ConfigureAwait(false);
    }
}
