namespace DistRec.Training.Tests.Storage;

public sealed class MemoryBlobStoreTests : BlobStoreContract
{
    private readonly MemoryBlobStore _store = new();

    protected override Task<IBlobStore> StartAsync() => Task.FromResult<IBlobStore>(_store);

    protected override Task DamageAsync(string name, Func<byte[], byte[]> change)
    {
        _store.Damage(name, change);
        return Task.CompletedTask;
    }
}
