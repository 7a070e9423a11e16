using System.Collections.Concurrent;

namespace DistRec.Training.Storage;

/// <summary>Blobs in the memory of one process, for tests and simulations: they outlive an engine, not the process.</summary>
public sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Place => "memory";

    /// <inheritdoc/>
    public async Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        ArgumentNullException.ThrowIfNull(write);
        using MemoryStream bytes = new();
        BlobWriteStream stream = new(bytes, Refused);
        await using (stream.ConfigureAwait(false))
        {
            await write(stream, cancellationToken).ConfigureAwait(false);
            await stream.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        _blobs[name] = bytes.ToArray();
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        return _blobs.TryGetValue(name, out byte[]? bytes)
            ? Task.FromResult<Stream>(new BlobReadStream(new MemoryStream(bytes, writable: false), bytes.Length, Place, name, Refused))
            : Task.FromException<Stream>(new BlobNotFoundException(Place, name));
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        return Task.FromResult(_blobs.ContainsKey(name));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.RequirePrefix(prefix);
        return Task.FromResult<IReadOnlyList<string>>(
            [.. _blobs.Keys.Where(name => BlobName.IsBeneath(name, prefix)).Order(StringComparer.Ordinal)]);
    }

    /// <inheritdoc/>
    public Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.RequirePrefix(prefix);
        return Task.FromResult(_blobs.Where(blob => BlobName.IsBeneath(blob.Key, prefix)).Sum(blob => (long)blob.Value.Length));
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        _blobs.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.Require(prefix);
        foreach (string name in _blobs.Keys.Where(name => BlobName.IsBeneath(name, prefix)))
        {
            _blobs.TryRemove(name, out _);
        }

        return Task.CompletedTask;
    }

    /// <summary>Changes the stored bytes of a blob behind its back, as a failing disk would.</summary>
    /// <param name="name">A blob that is there.</param>
    /// <param name="change">Makes new bytes of the old ones, which end in the checksum.</param>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    public void Damage(string name, Func<byte[], byte[]> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!_blobs.TryGetValue(name, out byte[]? bytes))
        {
            throw new BlobNotFoundException(Place, name);
        }

        _blobs[name] = change([.. bytes]);
    }

    private BlobStoreException Refused(Exception exception) =>
        new($"{Place}: expected a blob under 2 GiB, found: {exception.Message}; use a folder for larger ones", exception);
}
