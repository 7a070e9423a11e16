namespace DistRec.Training.Storage;

/// <summary>
/// What the writer of a blob is given: passes bytes on, counts and checksums them, and leaves the stream below open. What the
/// stream below throws is given the store's name here, so that it cannot be taken for the writer's own mistakes.
/// </summary>
/// <param name="target">Where the bytes go.</param>
/// <param name="translate">Turns a failure of the target into the store's.</param>
internal sealed class BlobWriteStream(Stream target, Func<Exception, BlobStoreException> translate) : SequentialStream
{
    private uint _checksum = BlobTrailer.Nothing;
    private bool _complete;

    /// <inheritdoc/>
    public override bool CanWrite => !_complete;

    /// <inheritdoc/>
    public override long Length => Written;

    /// <inheritdoc/>
    public override long Position => Written;

    /// <summary>Bytes written so far, without the trailer.</summary>
    public long Written { get; private set; }

    /// <summary>Writes the trailer; nothing can be written afterwards.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        byte[] trailer = BlobTrailer.Write(_checksum);
        await WriteAsync(trailer, cancellationToken).ConfigureAwait(false);
        Written -= trailer.Length;
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        _complete = true;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_complete, this);
        try
        {
            await target.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw translate(exception);
        }

        _checksum = BlobTrailer.Add(_checksum, buffer.Span);
        Written += buffer.Length;
    }

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await target.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw translate(exception);
        }
    }
}
