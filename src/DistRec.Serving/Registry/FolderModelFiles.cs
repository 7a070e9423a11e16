using System.Globalization;
using System.Text;
using DistRec.Training.Storage;

namespace DistRec.Serving.Registry;

/// <summary>
/// Models in a folder of this machine, each in <c>NAME/VERSION</c>. One that is about to be noted holds a file that names its registration
/// until it is.
/// </summary>
/// <param name="root">The folder.</param>
internal sealed class FolderModelFiles(string root) : IModelFiles
{
    private const string Marker = ".registering";

    private readonly string _root = Path.GetFullPath(root);

    public string Place { get; } = root;

    // No model's name begins with a dot.
    private string PendingRoot => Path.Combine(_root, ".pending");

    public Task<IPendingModel> AddAsync(string name, ModelSource source, CancellationToken cancellationToken) => GuardAsync<IPendingModel>(async () =>
    {
        PendingFolder folder = PendingFolder.Create(PendingRoot);
        try
        {
            string upload = Path.GetFileName(folder.Path);
            await folder.WriteAsync(Marker, (stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes(upload), token).AsTask(), cancellationToken)
                .ConfigureAwait(false);
            foreach (string file in source.Files)
            {
                await folder.WriteAsync(file, (stream, token) => source.CopyAsync(file, stream, token), cancellationToken).ConfigureAwait(false);
            }

            return new Pending(this, name, upload, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    });

    public Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken) =>
        Directory.Exists(FolderOf(version.Name, version.Version))
            ? Task.FromResult(FolderOf(version.Name, version.Version))
            : throw new ModelRegistryException(
                $"{Place}: the model {version}: expected its files, found none; restore them from a backup, or activate another version and retire this one");

    public bool Forget(ModelVersion version) => false;

    public Task RemoveAsync(ModelVersion version, CancellationToken cancellationToken) => GuardAsync(() =>
    {
        Remove(FolderOf(version.Name, version.Version));
        return Task.FromResult(true);
    });

    public Task RemoveUnusedAsync(IReadOnlyList<ModelVersion> versions, CancellationToken cancellationToken) => GuardAsync(() =>
    {
        PendingFolder.RemoveLeftovers(PendingRoot);
        Dictionary<string, ModelVersion> known = versions.ToDictionary(version => FolderOf(version.Name, version.Version), StringComparer.Ordinal);
        IEnumerable<string> names = Directory.Exists(_root) ? Directory.GetDirectories(_root).Where(name => name != PendingRoot) : [];
        foreach (string folder in names.SelectMany(Directory.GetDirectories))
        {
            string marker = Path.Combine(folder, Marker);
            ModelVersion? version = known.GetValueOrDefault(folder);
            bool isMarked = File.Exists(marker);
            if (version?.State == ModelState.Retired || (isMarked && version?.Upload != File.ReadAllText(marker)))
            {
                Remove(folder);
            }
            else if (isMarked)
            {
                File.Delete(marker);
            }
        }

        return Task.FromResult(true);
    });

    private string FolderOf(string name, int version) => Path.Combine(_root, name, version.ToString(CultureInfo.InvariantCulture));

    private void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            PendingFolder.Remove(PendingRoot, folder);
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelRegistryException(
                DiskFull.Is(exception)
                    ? $"{Place}: expected space on the disk, found it full; nothing was registered: free some space"
                    : $"{Place}: expected a folder that can be written, found: {exception.Message.TrimEnd('.')}; check the path, the permissions and the disk",
                exception);
        }
    }

    private sealed class Pending(FolderModelFiles files, string name, string upload, PendingFolder folder) : IPendingModel
    {
        public string Upload => upload;

        public bool IsPlaced { get; private set; }

        public Task PlaceAsync(int version, CancellationToken cancellationToken) => files.GuardAsync(() =>
        {
            IsPlaced = true;

            // A registration that was killed just then may have left its folder.
            string target = files.FolderOf(name, version);
            if (folder.Path != target)
            {
                files.Remove(target);
                folder.Place(target);
            }

            return Task.FromResult(true);
        });

        public Task KeepAsync()
        {
            folder.Stay();
            try
            {
                File.Delete(Path.Combine(folder.Path, Marker));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It goes when a registry is opened next.
            }

            return Task.CompletedTask;
        }

        public void Leave() => folder.Stay();

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
