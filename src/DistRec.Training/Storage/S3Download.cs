using Amazon.S3.Model;

namespace DistRec.Training.Storage;

/// <summary>Reads an object. Where the connection is lost, or nothing comes for too long, it asks for the rest of the same version.</summary>
internal sealed class S3Download : SequentialStream
{
    private readonly S3Client _client;
    private readonly string _name;
    private readonly string _key;
    private readonly string _version;
    private GetObjectResponse _response;
    private long _position;

    private S3Download(S3Client client, string name, string key, GetObjectResponse response)
    {
        _client = client;
        _name = name;
        _key = key;
        _version = response.ETag;
        _response = response;
        Length = response.ContentLength;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position => _position;

    /// <summary>Begins to read.</summary>
    public static async Task<S3Download> OpenAsync(S3Client client, string name, string key, CancellationToken cancellationToken)
    {
        // All of it: without a range the client would hash what carries a checksum of its own.
        GetObjectRequest request = new() { BucketName = client.Settings.Bucket, Key = key, ByteRange = new ByteRange("bytes=0-") };
        return new S3Download(
            client, name, key,
            await client.SendAsync(name, (s3, attempt) => s3.GetObjectAsync(request, attempt), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int attempt = 0; buffer.Length > 0 && _position < Length; attempt++)
        {
            using CancellationTokenSource patience = new(_client.Settings.Timeout, _client.Settings.Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                int count = await _response.ResponseStream.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                if (count > 0)
                {
                    _position += count;
                    return count;
                }

                throw new EndOfStreamException($"the connection ended after {_position} of {Length} bytes");
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (attempt == _client.Settings.Retries)
                {
                    throw S3Errors.Unreached(_client.Settings, _name, exception);
                }
            }

            await ContinueAsync(cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _response.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ContinueAsync(CancellationToken cancellationToken)
    {
        _response.Dispose();
        GetObjectRequest request = new()
        {
            BucketName = _client.Settings.Bucket,
            Key = _key,
            EtagToMatch = _version,
            ByteRange = new ByteRange(_position, Length - 1),
        };
        _response = await _client.SendAsync(_name, (s3, attempt) => s3.GetObjectAsync(request, attempt), cancellationToken).ConfigureAwait(false);
    }
}
