using System.Runtime.CompilerServices;
using Amazon.S3.Model;

namespace DistRec.Training.Storage;

/// <summary>
/// Blobs as objects of an S3 bucket, at Amazon or at whatever speaks its protocol. Requests are tried again when the service is
/// busy or a connection is lost, and a reading goes on where it was cut. A writer that is killed can leave parts of a large blob
/// that no listing shows; give the bucket a lifecycle rule that removes incomplete uploads.
/// </summary>
public sealed class S3BlobStore : IBlobStore, IDisposable
{
    private readonly S3Client _client;
    private readonly S3Settings _settings;

    /// <summary>Prepares a store; nothing is sent yet.</summary>
    /// <exception cref="DistRec.Data.InputException">Only a half of a key is given.</exception>
    public S3BlobStore(S3Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrWhiteSpace(settings.Bucket);
        BlobName.RequirePrefix(settings.Prefix);
        _settings = settings;
        _client = new S3Client(settings);
    }

    /// <inheritdoc/>
    public string Place => _settings.ToString();

    /// <inheritdoc/>
    public async Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        ArgumentNullException.ThrowIfNull(write);
        S3Upload upload = new(_client, name, KeyOf(name), cancellationToken);
        await using (upload.ConfigureAwait(false))
        {
            BlobWriteStream stream = new(upload, exception => S3Errors.Unreached(_settings, name, exception));
            await using (stream.ConfigureAwait(false))
            {
                await write(stream, cancellationToken).ConfigureAwait(false);
                await stream.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }

            await upload.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        S3Download download = await S3Download.OpenAsync(_client, name, KeyOf(name), cancellationToken).ConfigureAwait(false);
        return new BlobReadStream(download, download.Length, Place, name, exception => S3Errors.Unreached(_settings, name, exception));
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        try
        {
            await _client.SendAsync(
                name, (client, attempt) => client.GetObjectMetadataAsync(_settings.Bucket, KeyOf(name), attempt), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BlobNotFoundException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        List<string> names = [];
        await foreach ((string name, long _) in FindAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public async Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default)
    {
        long bytes = 0;
        await foreach ((string _, long size) in FindAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            bytes += size;
        }

        return bytes;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        try
        {
            await _client.SendAsync(
                name, (client, attempt) => client.DeleteObjectAsync(_settings.Bucket, KeyOf(name), attempt), cancellationToken).ConfigureAwait(false);
        }
        catch (BlobNotFoundException)
        {
            // Most services answer a second deletion like the first; some do not.
        }
    }

    /// <inheritdoc/>
    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.Require(prefix);
        foreach (string name in await ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            await DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async IAsyncEnumerable<(string Name, long Size)> FindAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        BlobName.RequirePrefix(prefix);
        string start = KeyOf(prefix.Length == 0 ? "" : prefix + "/");
        ListObjectsV2Request request = new() { BucketName = _settings.Bucket, Prefix = start, MaxKeys = _settings.PageNames };
        do
        {
            ListObjectsV2Response page = await _client.SendAsync(
                prefix, (client, attempt) => client.ListObjectsV2Async(request, attempt), cancellationToken).ConfigureAwait(false);
            foreach (S3Object found in page.S3Objects ?? [])
            {
                string name = found.Key[KeyOf("").Length..];
                if (BlobName.IsValid(name))
                {
                    yield return (name, found.Size ?? 0);
                }
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    private string KeyOf(string name) => _settings.Prefix.Length == 0 ? name : $"{_settings.Prefix}/{name}";
}
