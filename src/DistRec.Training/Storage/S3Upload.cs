using Amazon.S3.Model;

namespace DistRec.Training.Storage;

/// <summary>
/// Collects what is written and sends it as one object when it is complete, or part by part when it is large. What is not
/// completed never appears.
/// </summary>
internal sealed class S3Upload(S3Client client, string name, string key, CancellationToken cancellationToken) : SequentialStream
{
    private const int MaxParts = 10_000;
    private const int FirstBytes = 1 << 16;

    private readonly List<PartETag> _parts = [];
    private byte[] _bytes = new byte[Math.Min(FirstBytes, client.Settings.PartBytes)];
    private int _count;
    private string? _upload;
    private bool _complete;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>Makes the object appear.</summary>
    public async Task CompleteAsync()
    {
        if (_upload is null)
        {
            await client.SendAsync(
                name,
                (s3, attempt) => s3.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = client.Settings.Bucket,
                        Key = key,
                        InputStream = Contents(),
                        ContentType = "application/octet-stream",
                        UseChunkEncoding = false,
                        DisableDefaultChecksumValidation = true,
                    },
                    attempt),
                cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await SendPartAsync().ConfigureAwait(false);
            await client.SendAsync(
                name,
                (s3, attempt) => s3.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest { BucketName = client.Settings.Bucket, Key = key, UploadId = _upload, PartETags = _parts },
                    attempt),
                cancellationToken).ConfigureAwait(false);
        }

        _complete = true;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_count == client.Settings.PartBytes)
            {
                await SendPartAsync().ConfigureAwait(false);
            }

            buffer = buffer[Collect(buffer.Span)..];
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_upload is not null && !_complete)
        {
            _complete = true;
            try
            {
                // Even when the caller has given up: the parts would stay.
                await client.SendAsync(
                    name,
                    (s3, attempt) => s3.AbortMultipartUploadAsync(
                        new AbortMultipartUploadRequest { BucketName = client.Settings.Bucket, Key = key, UploadId = _upload }, attempt),
                    CancellationToken.None).ConfigureAwait(false);
            }
            catch (BlobStoreException)
            {
                // The failure that brought us here is the one to report.
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    // The signature covers its hash, so a damaged transfer is refused.
    private MemoryStream Contents() => new(_bytes, 0, _count, writable: false);

    // Takes what fits into the part.
    private int Collect(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(bytes.Length, client.Settings.PartBytes - _count);
        if (_bytes.Length < _count + taken)
        {
            Array.Resize(ref _bytes, (int)Math.Min(client.Settings.PartBytes, Math.Max(2L * _bytes.Length, _count + taken)));
        }

        bytes[..taken].CopyTo(_bytes.AsSpan(_count));
        _count += taken;
        return taken;
    }

    private async Task SendPartAsync()
    {
        if (_parts.Count == MaxParts)
        {
            throw new BlobStoreException(
                $"{client.Settings}: the blob {name}: expected at most {MaxParts} parts of {client.Settings.PartBytes} bytes, found more; store it as several blobs");
        }

        _upload ??= (await client.SendAsync(
            name,
            (s3, attempt) => s3.InitiateMultipartUploadAsync(
                new InitiateMultipartUploadRequest { BucketName = client.Settings.Bucket, Key = key, ContentType = "application/octet-stream" },
                attempt),
            cancellationToken).ConfigureAwait(false)).UploadId;
        UploadPartResponse sent = await client.SendAsync(
            name,
            (s3, attempt) => s3.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = client.Settings.Bucket,
                    Key = key,
                    UploadId = _upload,
                    PartNumber = _parts.Count + 1,
                    PartSize = _count,
                    InputStream = Contents(),
                    UseChunkEncoding = false,
                    DisableDefaultChecksumValidation = true,
                },
                attempt),
            cancellationToken).ConfigureAwait(false);
        _parts.Add(new PartETag(_parts.Count + 1, sent.ETag));
        _count = 0;
    }
}
