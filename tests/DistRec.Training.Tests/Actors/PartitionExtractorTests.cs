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
        PartitionEnvelope envelope = new(job, index, 7, new Ping { Job = job });
        string entity = Extractor.EntityId(envelope).ShouldNotBeNull();
        PartitionExtractor.Parse(entity).ShouldBe((job, index));
        Extractor.EntityMessage(envelope).ShouldBe(envelope.Message);
    }

    [Fact]
    public void The_partitions_of_a_job_are_in_shards_that_follow_each_other_from_its_first()
    {
        JobSpec spec = SmallJobs.Als(partitions: 100);
        spec.FirstShard = 5;
        foreach (PartitionId partition in JobLayout.AllOf(spec).Where(id => id.Side == Models.Side.User))
        {
            PartitionEnvelope envelope = PartitionRegions.EnvelopeOf(spec, partition, new Ping());
            Extractor.ShardId(envelope).ShouldBe($"{partition.Index + 5}");
            Extractor.ShardId(Extractor.EntityId(envelope)!).ShouldBe($"{partition.Index + 5}", "both ways to a shard lead to the same");
        }
    }

    [Fact]
    public void What_is_no_message_to_a_partition_belongs_to_none()
    {
        Extractor.EntityId(new Ping { Job = "a" }).ShouldBeNull();
        Extractor.ShardId(new Ping { Job = "a" }).ShouldBeNull();
    }
}
