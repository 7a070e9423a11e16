namespace DistRec.Training.Storage;

/// <summary>
/// Named immutable bytes that outlive processes: rating blocks as they were uploaded, snapshots of factor tables. A name is as
/// <see cref="BlobName"/> says. A blob carries a checksum, and a damaged one is refused by name when it is read through to
/// its end. All members are thread-safe, and processes may share the place that a store keeps its blobs in.
/// </summary>
public interface IBlobStore
{
    /// <summary>Where the blobs are, as a person would write it; errors begin with it.</summary>
    string Place { get; }

    /// <summary>Stores a blob, or replaces it: the name appears whole or not at all, and what a reader has open does not change.</summary>
    /// <param name="name">The blob's name.</param>
    /// <param name="write">
    /// Writes the contents, once; what it throws is passed on, and the name is then as it was before.
    /// </param>
    /// <param name="cancellationToken">Gives up; the name is then as it was before.</param>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="BlobStoreException">The store is full, refuses, or cannot be reached.</exception>
    Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens a blob for one reading from its beginning to its end. The stream cannot seek, knows its <see cref="Stream.Length"/>, and lets no
    /// thread wait: it is read by <see cref="Stream.ReadAsync(Memory{byte}, CancellationToken)"/>. The last bytes are handed out only when the whole blob fits its checksum.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="BlobNotFoundException">There is no such blob.</exception>
    /// <exception cref="BlobDamagedException">The blob is too short to be one. Its stream throws the same for any other damage.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached. Its stream throws the same.</exception>
    Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Whether there is such a blob.</summary>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached.</exception>
    Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>The names beneath a prefix, in ordinal order.</summary>
    /// <param name="prefix">
    /// The leading parts of the names, such as <c>jobs/a</c>, which covers <c>jobs/a/users</c> but neither <c>jobs/ab</c> nor
    /// <c>jobs/a</c> itself; empty for all.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The prefix is not one.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached.</exception>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Bytes that the blobs beneath a prefix take up, with their checksums.</summary>
    /// <param name="prefix">As in <see cref="ListAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The prefix is not one.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached.</exception>
    Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Removes a blob; nothing happens where there is none.</summary>
    /// <exception cref="ArgumentException">The name is not one.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached.</exception>
    Task DeleteAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Removes the blobs that <see cref="ListAsync"/> would list.</summary>
    /// <param name="prefix">As in <see cref="ListAsync"/>, but not empty.</param>
    /// <param name="cancellationToken">Gives up on the way.</param>
    /// <exception cref="ArgumentException">The prefix is empty or not one.</exception>
    /// <exception cref="BlobStoreException">The store refuses or cannot be reached; some of the blobs may be gone.</exception>
    Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default);
}
