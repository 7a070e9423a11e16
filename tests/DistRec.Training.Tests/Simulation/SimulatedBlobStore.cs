using DistRec.Simulation;
using DistRec.Simulation.Hosting;

namespace DistRec.Training.Tests.Simulation;

/// <summary>
/// One node's way to a store that outlives all nodes. Every call takes virtual time; the calls of a node that crashes never
/// return, and what it was writing is there or not, as with any store, but never in part.
/// </summary>
/// <param name="store">What all nodes share.</param>
/// <param name="life">The node that calls.</param>
/// <param name="time">What a call takes, each way.</param>
internal sealed class SimulatedBlobStore(MemoryBlobStore store, NodeLife life, TimeRange time) : IBlobStore
{
    public string Place => store.Place;

    public async Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        await store.PutAsync(name, write, cancellationToken).ConfigureAwait(false);
        await life.PassAsync(time).ConfigureAwait(false);
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        return await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        return await store.ExistsAsync(name, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        return await store.ListAsync(prefix, cancellationToken).ConfigureAwait(false);
    }

    public async Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        return await store.SizeAsync(prefix, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        await life.PassAsync(time).ConfigureAwait(false);
    }

    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
    {
        await life.PassAsync(time).ConfigureAwait(false);
        await store.DeletePrefixAsync(prefix, cancellationToken).ConfigureAwait(false);
        await life.PassAsync(time).ConfigureAwait(false);
    }
}
