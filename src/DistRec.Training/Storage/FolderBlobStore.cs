namespace DistRec.Training.Storage;

/// <summary>
/// Blobs as files of a folder, which may be on a disk that several nodes share. A blob is written under another name, brought to
/// the disk and renamed, so a killed process or a power cut leaves the old blob or the new one. What killed writers left is
/// removed when a store is opened.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    // No part of a blob's name begins with a dot.
    private const string PendingFolder = ".pending";
    private const int BufferBytes = 1 << 16;
    private const string Advice = "check the path, the permissions and the disk";

    private readonly string _root;
    private readonly string _pending;

    /// <summary>Opens a folder, and makes it where there is none.</summary>
    /// <exception cref="BlobStoreException">The folder cannot be made or read.</exception>
    public FolderBlobStore(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _pending = Path.Combine(_root, PendingFolder);
        Place = folder;
        Guard("", "a folder that can be written", () =>
        {
            Directory.CreateDirectory(_pending);
            PendingFile.RemoveLeftovers(_pending);
            return true;
        });
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public async Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        ArgumentNullException.ThrowIfNull(write);
        cancellationToken.ThrowIfCancellationRequested();
        const string Expected = "a file that can be written";
        using PendingFile file = Guard(name, Expected, () => PendingFile.Create(_pending));
        BlobWriteStream stream = new(file.Contents, exception => Refused(name, Expected, exception));
        await using (stream.ConfigureAwait(false))
        {
            await write(stream, cancellationToken).ConfigureAwait(false);
            await stream.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        Guard(name, Expected, () =>
        {
            file.Place(_root, PathOf(name));
            return true;
        });
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        cancellationToken.ThrowIfCancellationRequested();
        const string Expected = "a readable file";
        try
        {
            return Task.FromResult(Guard<Stream>(name, Expected, () =>
            {
                // The file may be replaced or removed while it is read; what is open stays.
                FileStream file = new(
                    PathOf(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes,
                    FileOptions.Asynchronous | FileOptions.SequentialScan);
                return new BlobReadStream(file, file.Length, Place, name, exception => Refused(name, Expected, exception));
            }));
        }
        catch (BlobStoreException exception) when (exception.InnerException is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromException<Stream>(new BlobNotFoundException(Place, name));
        }
        catch (BlobStoreException exception)
        {
            return Task.FromException<Stream>(exception);
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        return Task.FromResult(File.Exists(PathOf(name)));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.RequirePrefix(prefix);
        return Task.Run<IReadOnlyList<string>>(() => List(prefix), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.RequirePrefix(prefix);
        return Task.Run(() => List(prefix).Sum(LengthOf), cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        BlobName.Require(name);
        return Task.Run(() => Delete(name), cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        BlobName.Require(prefix);
        return Task.Run(
            () =>
            {
                foreach (string name in List(prefix))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Delete(name);
                }
            },
            cancellationToken);
    }

    private string PathOf(string name) => Path.Combine(_root, name.Replace('/', Path.DirectorySeparatorChar)) + BlobName.FileSuffix;

    private List<string> List(string prefix)
    {
        string folder = prefix.Length == 0 ? _root : Path.Combine(_root, prefix.Replace('/', Path.DirectorySeparatorChar));
        try
        {
            return Guard(prefix, "a readable folder", () => Directory.EnumerateFiles(folder, $"*{BlobName.FileSuffix}", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(_root, path)[..^BlobName.FileSuffix.Length].Replace(Path.DirectorySeparatorChar, '/'))
                .Where(BlobName.IsValid)
                .Order(StringComparer.Ordinal)
                .ToList());
        }
        catch (BlobStoreException exception) when (exception.InnerException is DirectoryNotFoundException)
        {
            return [];
        }
    }

    private long LengthOf(string name) => Guard(name, "a readable file", () =>
    {
        try
        {
            return new FileInfo(PathOf(name)).Length;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed since it was listed.
            return 0;
        }
    });

    private void Delete(string name)
    {
        string path = PathOf(name);
        Guard(name, "a file that can be removed", () =>
        {
            if (File.Exists(path))
            {
                File.Delete(path);
                DurableFolder.Flush(Path.GetDirectoryName(path)!);
            }

            return true;
        });
        RemoveEmptyFolders(Path.GetDirectoryName(path)!);
    }

    private void RemoveEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Something else is in it, or came in meanwhile.
        }
    }

    private T Guard<T>(string name, string expected, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(name, expected, exception);
        }
    }

    private BlobStoreException Refused(string name, string expected, Exception exception)
    {
        string place = name.Length == 0 ? Place : $"{Place}: the blob {name}";
        return DiskFull.Is(exception)
            ? new BlobStoreException(
                $"{place}: expected space on the disk, found it full; nothing was changed: free some space, or choose another store", exception)
            : new BlobStoreException($"{place}: expected {expected}, found: {exception.Message.TrimEnd('.')}; {Advice}", exception);
    }
}
