using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

public sealed class SimulatedBlobStoreTests
{
    private static readonly TimeRange Slow = TimeRange.Milliseconds(10, 100);

    [Fact]
    public void What_a_node_stored_outlives_it_and_another_reads_it_after_a_while()
    {
        MemoryBlobStore shared = new();
        SimulatedCluster cluster = new(1);
        byte[] read = cluster.Run(async () =>
        {
            await new SimulatedBlobStore(shared, cluster.Nodes[1].Life, Slow).PutAsync("a/b", WriteAsync).ConfigureAwait(false);
            cluster.Crash(1);
            using MemoryStream copy = new();
            Stream stream = await new SimulatedBlobStore(shared, cluster.Nodes[2].Life, Slow).OpenAsync("a/b").ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await stream.CopyToAsync(copy).ConfigureAwait(false);
            }

            return copy.ToArray();
        }, TimeSpan.FromMinutes(1));

        read.ShouldBe([1, 2, 3]);
        cluster.Now.ShouldBeGreaterThanOrEqualTo(3 * Slow.Shortest);
    }

    [Fact]
    public async Task A_write_that_a_crash_interrupts_is_there_or_not_and_never_returns()
    {
        int there = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            MemoryBlobStore shared = new();
            SimulatedCluster cluster = new(seed);
            cluster.At(TimeSpan.FromMilliseconds(60), () => cluster.Crash(1));
            Task? put = null;
            cluster.Run(
                () =>
                {
                    put = new SimulatedBlobStore(shared, cluster.Nodes[1].Life, TimeRange.Milliseconds(31, 100)).PutAsync("a", WriteAsync);
                    return Task.CompletedTask;
                },
                TimeSpan.FromMinutes(1));
            cluster.RunFor(TimeSpan.FromSeconds(1));

            put!.IsCompleted.ShouldBeFalse();
            there += await shared.ExistsAsync("a") ? 1 : 0;
        }

        there.ShouldBeInRange(10, 90);
    }

    private static async Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        await stream.WriteAsync(new byte[] { 1, 2, 3 }, cancellationToken).ConfigureAwait(false);
}
