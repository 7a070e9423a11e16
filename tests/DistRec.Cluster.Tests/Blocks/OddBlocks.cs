namespace DistRec.Cluster.Tests.Blocks;

/// <summary>Asks for a part of a block that has none.</summary>
internal sealed class SelectingReader : IBlockReader<EmptyBlock>
{
    public ReadOnlyMemory<byte> Selection => new byte[] { 1 };

    public ValueTask<EmptyBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken) => new(new EmptyBlock());
}

/// <summary>Reads a byte and then fails; or, without a failure, stops there.</summary>
internal sealed class FailingReader(Exception? failure) : IBlockReader<BytesBlock>
{
    public async ValueTask<BytesBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        byte[] first = new byte[1];
        await stream.ReadExactlyAsync(first, cancellationToken);
        return failure is null ? new BytesBlock(first) : throw failure;
    }
}

/// <summary>Fails in the middle of its first few writings.</summary>
internal sealed class StubbornBlock(byte[] bytes, int failures) : IBlock
{
    private int _failures = failures;

    public byte[] Bytes => bytes;

    public long ByteLength => bytes.Length;

    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), cancellationToken);
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            throw new InvalidOperationException("not today");
        }

        await stream.WriteAsync(bytes.AsMemory(bytes.Length / 2), cancellationToken);
    }
}

internal sealed class StubbornReader : IBlockReader<StubbornBlock>
{
    public async ValueTask<StubbornBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return new StubbornBlock(bytes, 0);
    }
}

/// <summary>Writes its first bytes and then waits for as long as somebody reads.</summary>
internal sealed class EndlessBlock : IBlock
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long ByteLength => 1 << 20;

    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(new byte[100], cancellationToken);
            Begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            Ended.SetResult();
        }
    }
}

internal sealed class EndlessReader : IBlockReader<EndlessBlock>
{
    public async ValueTask<EndlessBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        await stream.ReadExactlyAsync(new byte[length], cancellationToken);
        return new EndlessBlock();
    }
}
