namespace DistRec.Training.Tests.Simulation;

public sealed class UnreadableBlockTests
{
    /// <summary>Under ssp one wait that failed left the other waits of the shard for ever.</summary>
    [Theory]
    [InlineData("svd++", false)]
    [InlineData("svd++ ssp", false)]
    [InlineData("svd++ asp", false)]
    [InlineData("svd++ ssp", true)]
    [InlineData("fm ssp", true)]
    public void A_push_that_cannot_be_read_ends_the_shards_round_and_the_job_goes_on_or_fails_by_name(string model, bool always)
    {
        TrainingSimulation job = CrashTests.JobOf(model);
        for (ulong seed = 0; seed < 20; seed++)
        {
            int before = (int)seed;
            int pushes = 0;
            bool Spoils() => ++pushes > before && (always || pushes == before + 1);
            SimulatedTraining training = new SimulatedSchedule(seed)
            {
                Options = new() { Nodes = 4 },
                Works = (spec, partition, node) => PartitionWorks.Create(
                    spec, partition, node with { Blocks = new SpoilingExchange(node.Blocks, Spoils) }),
            }.Run(job)[0];

            training.End.State.ShouldBe(always ? JobState.Failed : JobState.Completed, $"seed {seed}: {training.End.Reason}");
            if (always)
            {
                training.End.Reason.ShouldContain("spoiled");
            }
            else
            {
                training.Notes.ShouldContain(note => note.Contains("spoiled"));
            }
        }
    }

    /// <summary>Publishes some pushes as blocks that cannot be read.</summary>
    private sealed class SpoilingExchange(IBlockExchange blocks, Func<bool> spoils) : IBlockExchange
    {
        public string Endpoint => blocks.Endpoint;

        public void Publish(BlockKey key, IBlock block) =>
            blocks.Publish(key, key.Name == JobBlocks.PushedKey(key.Job, 0, 0, 0, 0).Name && spoils() ? new SpoiledBlock() : block);

        public ValueTask<TBlock> PullAsync<TBlock>(
            string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
            where TBlock : IBlock => blocks.PullAsync(endpoint, key, reader, cancellationToken);

        public void DropThrough(string job, long round) => blocks.DropThrough(job, round);

        public void DropJob(string job) => blocks.DropJob(job);
    }

    private sealed class SpoiledBlock : IUnreadBlock
    {
        public long ByteLength => 1;

        public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => throw Failure();

        public ValueTask<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, CancellationToken cancellationToken)
            where TBlock : IBlock => throw Failure();

        private static UnreadableBlockException Failure() => new("it is spoiled", new InvalidDataException());
    }
}
