using DistRec.Training.Compute;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// A pool of one worker whose computations run on the simulation's thread, at the end of the time they take, so that the
/// node may crash under them.
/// </summary>
internal sealed class SimulatedComputePool(NodeLife life) : IComputePool
{
    public int Width => 1;

    public async Task ForAsync(int chunks, Action<int, int> body, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ArgumentNullException.ThrowIfNull(body);
        await life.PassAsync(life.Cluster.Options.ComputeTime).ConfigureAwait(false);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            body(chunk, 0);
        }
    }

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await life.PassAsync(life.Cluster.Options.ComputeTime).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return work();
    }
}
