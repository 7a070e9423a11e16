using DistRec.Serving.Registry;

namespace DistRec.Serving.Tests.Registry;

/// <summary>Files whose registration stops in the middle: when they are copied, when they have their place, or when they are noted.</summary>
internal sealed class StoppingFiles(IModelFiles files, string where) : IModelFiles
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Stopped => _stopped.Task;

    public string Place => files.Place;

    public void GoOn() => _goesOn.SetResult();

    public async Task<IPendingModel> AddAsync(string name, ModelSource source, CancellationToken cancellationToken)
    {
        IPendingModel pending = await files.AddAsync(name, source, cancellationToken);
        await StopAsync(nameof(AddAsync));
        return new Pending(this, pending);
    }

    public Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken) => files.FolderAsync(version, cancellationToken);

    public bool Forget(ModelVersion version) => files.Forget(version);

    public Task RemoveAsync(ModelVersion version, CancellationToken cancellationToken) => files.RemoveAsync(version, cancellationToken);

    public Task RemoveUnusedAsync(IReadOnlyList<ModelVersion> versions, CancellationToken cancellationToken) => files.RemoveUnusedAsync(versions, cancellationToken);

    private Task StopAsync(string at)
    {
        if (at != where)
        {
            return Task.CompletedTask;
        }

        _stopped.TrySetResult();
        return _goesOn.Task;
    }

    private sealed class Pending(StoppingFiles files, IPendingModel pending) : IPendingModel
    {
        public string Upload => pending.Upload;

        public bool IsPlaced => pending.IsPlaced;

        public async Task PlaceAsync(int version, CancellationToken cancellationToken)
        {
            await pending.PlaceAsync(version, cancellationToken);
            await files.StopAsync(nameof(PlaceAsync));
        }

        public async Task KeepAsync()
        {
            await files.StopAsync(nameof(KeepAsync));
            await pending.KeepAsync();
        }

        public void Leave() => pending.Leave();

        public ValueTask DisposeAsync() => pending.DisposeAsync();
    }
}
