using DistRec.Models.Feedback;
using DistRec.Training.Compute;
using DistRec.Training.Tests.Coordination;

namespace DistRec.Training.Tests.Work;

public sealed class ParameterServerWorkTests
{
    /// <summary>
    /// Under <c>ssp</c> and <c>asp</c> a shard serves every worker on its own. When one of those waits failed, the shard went on waiting for
    /// the pushes of the others, which in turn waited for a clock that was never granted: the round did not end, and nobody heard of the failure.
    /// </summary>
    [Theory]
    [InlineData(Consistency.Bsp)]
    [InlineData(Consistency.Ssp)]
    [InlineData(Consistency.Asp)]
    public async Task A_shard_that_cannot_serve_one_worker_fails_and_does_not_wait_for_the_others_for_ever(Consistency consistency)
    {
        JobSpec spec = SmallJobs.Mf(partitions: 3, blocks: 3);
        spec.Model = ModelSpec.Of(new FeedbackOptions { Rank = 4 });
        spec.Clocks = 4;
        spec.Consistency = consistency;
        spec.Staleness = 1;
        using ComputePool compute = new(1);
        using LocalBlockExchange blocks = new();
        EndpointTable endpoints = new("");
        foreach (PartitionId partition in JobLayout.AllOf(spec))
        {
            endpoints.Set(partition, "");
        }

        ParameterServerWork shard = new(spec, SmallJobs.Item(0), new NodeResources(blocks, compute));
        await shard.RunAsync(new RoundInput(SmallJobs.Load(spec)), CancellationToken.None);
        await shard.RunAsync(new RoundInput(SmallJobs.Round(spec, 1, RoundKind.Initialize)), CancellationToken.None);
        RunRound epoch = SmallJobs.Round(spec, 2, RoundKind.Epoch);
        epoch.Endpoints = endpoints.ToMessage(3);

        Task<WorkEnded> running = WorkRunner.RunAsync(1, () => shard.RunAsync(new RoundInput(epoch), CancellationToken.None));
        running.IsCompleted.ShouldBeFalse("no worker has pushed");
        blocks.Publish(JobBlocks.PushedKey("j", 2, 0, 1, 0), new SumsBlock([1]));

        WorkEnded ended = await running.WaitAsync(TimeSpan.FromSeconds(30));
        ended.Outcome.ShouldBe(WorkOutcome.Failed);
        ended.Error.ShouldContain("is a SumsBlock where a RowChanges was expected");
    }
}
