using DistRec.Training.Actors;
using DistRec.Training.Tests.Coordination;

namespace DistRec.Training.Tests.Actors;

public sealed class PartitionExtractorTests
{
    private static readonly PartitionExtractor Extractor = PartitionExtractor.Instance;

    [Theory]
    [InlineData("night-run", 0)]
    [InlineData("a-0-1", 64)]
    [InlineData("-", 4095)]
    public void An_entity_is_a_partition_of_a_job_and_comes_back_from_its_name(string job, int index)
    {
        PartitionEnvelope envelope = new(job, index, new Ping { Job = job });
        string entity = Extractor.EntityId(envelope).ShouldNotBeNull();
        PartitionExtractor.Parse(entity).ShouldBe((job, index));
        Extractor.EntityMessage(envelope).ShouldBe(envelope.Message);
    }

    [Fact]
    public void A_shard_has_the_partitions_of_one_index_of_all_jobs()
    {
        foreach (PartitionId partition in JobLayout.AllOf(SmallJobs.Als(partitions: 100)).Where(id => id.Side == Models.Side.User))
        {
            string[] shards = [.. new[] { "a", "b-7" }.Select(job => Extractor.ShardId(new PartitionEnvelope(job, partition.Index, new Ping())).ShouldNotBeNull())];
            shards.ShouldBe([$"{partition.Index}", $"{partition.Index}"]);
            Extractor.ShardId($"{partition.Index}-b-7").ShouldBe(shards[0], "both ways to a shard lead to the same");
        }
    }

    [Fact]
    public void What_is_no_message_to_a_partition_belongs_to_none()
    {
        Extractor.EntityId(new Ping { Job = "a" }).ShouldBeNull();
        Extractor.ShardId(new Ping { Job = "a" }).ShouldBeNull();
    }
}
