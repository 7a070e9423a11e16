namespace DistRec.Training.Storage;

/// <summary>
/// Reads a stored blob without its trailer. With the last bytes the checksum is compared, before they are handed out: whoever
/// has read <see cref="Length"/> bytes has read what was stored.
/// </summary>
internal sealed class BlobReadStream : SequentialStream
{
    private readonly Stream _source;
    private readonly string _place;
    private readonly string _name;
    private readonly Func<Exception, BlobStoreException> _translate;
    private uint _checksum = BlobTrailer.Nothing;
    private long _position;
    private bool _verified;

    /// <summary>Takes over a stream with a blob and its trailer.</summary>
    /// <param name="source">The stored bytes; closed with this stream, or when they are too few.</param>
    /// <param name="storedLength">How many the source has, with the trailer.</param>
    /// <param name="place">The store, for errors.</param>
    /// <param name="name">The blob, for errors.</param>
    /// <param name="translate">Turns a failure of the source into the store's.</param>
    /// <exception cref="BlobDamagedException">There are too few bytes for a trailer.</exception>
    public BlobReadStream(Stream source, long storedLength, string place, string name, Func<Exception, BlobStoreException> translate)
    {
        if (storedLength < BlobTrailer.Length)
        {
            source.Dispose();
            throw new BlobDamagedException(place, name, $"at least the {BlobTrailer.Length} bytes of a checksum", $"{storedLength}");
        }

        _source = source;
        _place = place;
        _name = name;
        _translate = translate;
        Length = storedLength - BlobTrailer.Length;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = 0;
        if (_position < Length && buffer.Length > 0)
        {
            Memory<byte> wanted = buffer[..(int)Math.Min(buffer.Length, Length - _position)];
            count = await GuardAsync(wanted).ConfigureAwait(false);
            Take(wanted.Span[..count]);
        }

        if (_position == Length && !_verified)
        {
            byte[] trailer = new byte[BlobTrailer.Length];
            int found = 0;
            while (found < trailer.Length && await GuardAsync(trailer.AsMemory(found)).ConfigureAwait(false) is > 0 and int more)
            {
                found += more;
            }

            Verify(trailer.AsSpan(0, found));
        }

        return count;

        async ValueTask<int> GuardAsync(Memory<byte> bytes)
        {
            try
            {
                return await _source.ReadAsync(bytes, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                throw _translate(exception);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new BlobDamagedException(_place, _name, $"{Length} bytes and a checksum", $"its end after {_position}");
        }

        _checksum = BlobTrailer.Add(_checksum, bytes);
        _position += bytes.Length;
    }

    private void Verify(ReadOnlySpan<byte> trailer)
    {
        if (!BlobTrailer.TryRead(trailer, out uint stored))
        {
            throw new BlobDamagedException(_place, _name, "a checksum at its end", "other bytes");
        }

        if (stored != _checksum)
        {
            throw new BlobDamagedException(_place, _name, $"the CRC-32C {stored:x8}", $"{_checksum:x8}");
        }

        _verified = true;
    }
}
