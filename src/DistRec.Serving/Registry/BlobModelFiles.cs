using System.Globalization;
using System.Security.Cryptography;
using DistRec.Training.Storage;
using DistRec.Training.Work;

namespace DistRec.Serving.Registry;

/// <summary>
/// Models in a store that the nodes of a cluster share, each under <c>models/NAME/UPLOAD</c>, fetched once by each node that needs it. One that is
/// not noted yet has a blob that says so; after a day it is taken to be given up.
/// </summary>
internal sealed class BlobModelFiles : IModelFiles, IDisposable
{
    /// <summary>How long a registration may take.</summary>
    public static readonly TimeSpan LongestUpload = TimeSpan.FromDays(1);

    private const string All = "models";
    private const string Marker = "registering";

    private readonly IBlobStore _store;
    private readonly string _cache;
    private readonly TimeProvider _time;
    private readonly AsyncGate _fetching = new();

    /// <param name="store">The store; disposed of with this.</param>
    /// <param name="cacheFolder">Where this machine keeps what it has fetched; it may be emptied.</param>
    /// <param name="time">The clock that uploads are named by.</param>
    public BlobModelFiles(IBlobStore store, string cacheFolder, TimeProvider time)
    {
        _store = store;
        _cache = Path.GetFullPath(cacheFolder);
        _time = time;
    }

    public string Place => _store.Place;

    public void Dispose() => (_store as IDisposable)?.Dispose();

    private string PendingRoot => Path.Combine(_cache, ".pending");

    public Task<IPendingModel> AddAsync(string name, ModelSource source, CancellationToken cancellationToken) => GuardAsync<IPendingModel>(async () =>
    {
        string upload = string.Create(
            CultureInfo.InvariantCulture, $"{_time.GetUtcNow().ToUnixTimeMilliseconds()}-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        Pending pending = new(this, NameOf(name, upload), upload);
        try
        {
            await _store.PutAsync(pending.MarkerName, (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            foreach (string file in source.Files)
            {
                await _store.PutAsync($"{pending.Name}/{file}", (stream, token) => source.CopyAsync(file, stream, token), cancellationToken)
                    .ConfigureAwait(false);
            }

            return pending;
        }
        catch
        {
            await pending.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    });

    public Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        string folder = CachedFolder(version);
        await _fetching.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!Directory.Exists(folder))
            {
                await FetchAsync(version, folder, cancellationToken).ConfigureAwait(false);
            }

            return folder;
        }
        finally
        {
            _fetching.Leave();
        }
    });

    public bool Forget(ModelVersion version)
    {
        string folder = CachedFolder(version);
        if (!Directory.Exists(folder))
        {
            return false;
        }

        PendingFolder.Remove(PendingRoot, folder);
        return true;
    }

    public Task RemoveAsync(ModelVersion version, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await _store.DeletePrefixAsync(NameOf(version.Name, version.Upload), cancellationToken).ConfigureAwait(false);
        return Forget(version);
    });

    public Task RemoveUnusedAsync(IReadOnlyList<ModelVersion> versions, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        PendingFolder.RemoveLeftovers(PendingRoot);
        Dictionary<string, ModelVersion> known = versions.ToDictionary(version => NameOf(version.Name, version.Upload), StringComparer.Ordinal);
        IReadOnlyList<string> names = await _store.ListAsync(All, cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<string, string> upload in names.GroupBy(name => name[..name.LastIndexOf('/')]))
        {
            ModelVersion? version = known.GetValueOrDefault(upload.Key);
            bool isMarked = upload.Contains($"{upload.Key}/{Marker}");
            if (version?.State == ModelState.Retired || (isMarked && version is null && AgeOf(upload.Key) > LongestUpload))
            {
                await _store.DeletePrefixAsync(upload.Key, cancellationToken).ConfigureAwait(false);
            }
            else if (isMarked && version is not null)
            {
                await _store.DeleteAsync($"{upload.Key}/{Marker}", cancellationToken).ConfigureAwait(false);
            }
        }

        return true;
    });

    private static string NameOf(string name, string upload) => $"{All}/{name}/{upload}";

    private string CachedFolder(ModelVersion version) => Path.Combine(
        _cache, version.Name, string.Create(CultureInfo.InvariantCulture, $"{version.Version}-{version.Upload}"));

    private TimeSpan AgeOf(string upload) =>
        long.TryParse(upload[(upload.LastIndexOf('/') + 1)..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long begun)
            ? _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(begun)
            : TimeSpan.Zero;

    private async Task FetchAsync(ModelVersion version, string target, CancellationToken cancellationToken)
    {
        string prefix = NameOf(version.Name, version.Upload);
        string[] names = [.. (await _store.ListAsync(prefix, cancellationToken).ConfigureAwait(false)).Where(name => name != $"{prefix}/{Marker}")];
        if (names.Length == 0)
        {
            throw new ModelRegistryException(
                $"{Place}: the model {version}: expected its files, found none; restore them from a backup, or activate another version and retire this one");
        }

        using PendingFolder folder = PendingFolder.Create(PendingRoot);
        foreach (string name in names)
        {
            Stream blob = await _store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
            await using (blob.ConfigureAwait(false))
            {
                await folder.WriteAsync(name[(prefix.Length + 1)..], blob.CopyToAsync, cancellationToken).ConfigureAwait(false);
            }
        }

        try
        {
            folder.Place(target);
            folder.Stay();
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process of this machine was quicker.
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (BlobStoreException exception)
        {
            throw new ModelRegistryException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelRegistryException(
                $"{_cache}: expected a folder that can be written, found: {exception.Message.TrimEnd('.')}; check the path, the permissions and the space",
                exception);
        }
    }

    private sealed class Pending(BlobModelFiles files, string name, string upload) : IPendingModel
    {
        private bool _stays;

        public string Name => name;

        public string Upload => upload;

        public string MarkerName => $"{name}/{Marker}";

        public bool IsPlaced { get; private set; }

        public Task PlaceAsync(int version, CancellationToken cancellationToken)
        {
            IsPlaced = true;
            return files.AgeOf(name) < LongestUpload
                ? Task.CompletedTask
                : throw new ModelRegistryException($"{files.Place}: expected an upload that takes less than {LongestUpload}, found a longer one; begin it again");
        }

        public async Task KeepAsync()
        {
            _stays = true;
            try
            {
                await files._store.DeleteAsync(MarkerName, CancellationToken.None).ConfigureAwait(false);
            }
            catch (BlobStoreException)
            {
                // It goes when a registry is opened next.
            }
        }

        public void Leave() => _stays = true;

        public async ValueTask DisposeAsync()
        {
            if (_stays)
            {
                return;
            }

            try
            {
                await files._store.DeletePrefixAsync(name, CancellationToken.None).ConfigureAwait(false);
            }
            catch (BlobStoreException)
            {
                // It is given up after a day; the failure that brought us here is the one to report.
            }
        }
    }
}
